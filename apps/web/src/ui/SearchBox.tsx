/** A field to look for something in a list. */

import { SearchOutlined } from "@ant-design/icons";
import { Input } from "antd";

interface Props {
  readonly value: string;
  readonly label: string;
  readonly onChange: (value: string) => void;
}

export function SearchBox({ value, label, onChange }: Props) {
  return (
    <Input
      className="search-box"
      type="search"
      allowClear
      prefix={<SearchOutlined aria-hidden="true" />}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      placeholder={label}
      aria-label={label}
    />
  );
}
