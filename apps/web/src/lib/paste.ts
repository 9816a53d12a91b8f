/** What a spreadsheet puts on the clipboard, as cells. */

/** Rows of cells of tab-separated text; quoted cells may hold tabs, line breaks and doubled quotes. */
export function pastedCells(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let isQuoted = false;
  let isStart = true;
  const endCell = (): void => {
    row.push(cell);
    cell = "";
    isStart = true;
  };
  const endRow = (): void => {
    endCell();
    rows.push(row);
    row = [];
  };
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (isQuoted) {
      if (character !== '"') cell += character;
      else if (text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else isQuoted = false;
    } else if (character === '"' && isStart) {
      isQuoted = true;
      isStart = false;
    } else if (character === "\t") endCell();
    else if (character === "\n") endRow();
    else if (character !== "\r") {
      cell += character;
      isStart = false;
    }
  }
  if (cell !== "" || row.length > 0) endRow();
  return rows;
}

/** Trailing units that people leave behind a number. */
const units = /(?:人|名|生|个|间|元|万元|平方米|㎡|m²|m2|所|班|%)$/u;

/**
 * A number as people type or paste it: full-width digits, thousands separators, a unit behind it, 万元.
 *
 * @returns null = the cell is empty; undefined = not a number
 */
export function typedNumber(text: string): number | null | undefined {
  let plainText = text.normalize("NFKC").trim().replaceAll(/[\s,]/g, "").replaceAll("−", "-");
  if (plainText === "" || plainText === "-" || plainText === "/") return null;
  let scale = 1;
  const unit = units.exec(plainText)?.[0];
  if (unit !== undefined) {
    if (plainText.endsWith("万元")) {
      scale = 10_000;
      plainText = plainText.slice(0, -2);
    } else {
      if (unit === "%") scale = 0.01;
      plainText = plainText.slice(0, -unit.length);
    }
  }
  if (plainText.endsWith("万")) {
    scale *= 10_000;
    plainText = plainText.slice(0, -1);
  }
  if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(plainText)) return undefined;
  // 12.3 万元 is 123000, not 123000.00000000001
  return scale === 1 ? Number(plainText) : Number((Number(plainText) * scale).toPrecision(15));
}
