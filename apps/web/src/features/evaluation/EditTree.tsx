/** The tree of a scheme as one edits it: keys move, add and remove; sums of points are shown as they are typed. */

import type { SchemeProblem } from "@xingfu/standards";
import { Button } from "antd";
import { useEffect, useRef, useState } from "react";
import type { KeyboardEvent, MouseEvent } from "react";
import { useTranslation } from "react-i18next";
import { plain } from "../../lib/format.ts";
import { addBelow, isSamePlace, moveNode, numberOf, pathTo, placeOf, removeNode, treeOf } from "./written.ts";
import type { Place, TreeRow, Written } from "./written.ts";

interface Props {
  readonly written: Written;
  readonly problems: readonly SchemeProblem[];
  /** ids of nodes that differ from the original */
  readonly changed: ReadonlySet<string>;
  readonly place: Place;
  readonly onPlace: (place: Place) => void;
  readonly onEdit: (written: Written, place: Place) => void;
}

export function EditTree({ written, problems, changed, place, onPlace, onEdit }: Props) {
  const { t } = useTranslation("evaluation");
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const tree = useRef<HTMLUListElement>(null);
  const rows = treeOf(written);
  const visible = rows.filter((row) => pathTo(row.place).every((above) => !closed.has(keyOf(above))));
  const faulty = new Set(problems.flatMap(({ path }) => [keyOf(placeOf(written, path))]));
  const total = numberOf(written["points"]) ?? 0;
  const areas = rows.filter((row) => row.place.length === 1).reduce((sum, row) => sum + (row.points ?? 0), 0);
  const here = visible.findIndex((row) => isSamePlace(row.place, place));

  useEffect(() => {
    if (tree.current?.contains(document.activeElement) === true)
      tree.current.querySelector<HTMLElement>('[aria-selected="true"]')?.focus();
  }, [place]);

  const edit = (edited: { readonly written: Written; readonly place: Place } | null): void => {
    if (edited !== null) onEdit(edited.written, edited.place);
  };
  const go = (row: TreeRow | undefined): void => {
    if (row !== undefined) onPlace(row.place);
  };
  const fold = (row: TreeRow, isClosed: boolean): void => {
    const next = new Set(closed);
    if (isClosed) next.add(keyOf(row.place));
    else next.delete(keyOf(row.place));
    setClosed(next);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const row = visible[here];
    if (row === undefined) return;
    const isOpen = row.below !== null && !closed.has(keyOf(row.place));
    const act: (() => void) | undefined = event.altKey
      ? {
          ArrowUp: () => edit(moveNode(written, place, -1)),
          ArrowDown: () => edit(moveNode(written, place, 1)),
        }[event.key]
      : {
          ArrowDown: () => go(visible[here + 1]),
          ArrowUp: () => go(visible[here - 1]),
          Home: () => go(visible[0]),
          End: () => go(visible.at(-1)),
          ArrowRight: () => (row.below !== null && !isOpen ? fold(row, false) : go(visible[here + 1])),
          ArrowLeft: () =>
            isOpen ? fold(row, true) : go(visible.find((other) => isSamePlace(other.place, place.slice(0, -1)))),
          Insert: () => edit(addBelow(written, place.slice(0, -1), t("edit.newNode"))),
          Delete: () => edit(removeNode(written, place)),
        }[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  };
  const onClick = ({ target }: MouseEvent): void => {
    if (!(target instanceof Element)) return;
    const key = target.closest("[data-key]")?.getAttribute("data-key");
    const row = visible.find((candidate) => keyOf(candidate.place) === key);
    if (row === undefined) return;
    if (target.closest("[data-twist]") === null) go(row);
    else fold(row, !closed.has(keyOf(row.place)));
  };
  return (
    <div className="edit-tree">
      <button type="button" className="tree-whole" aria-pressed={place.length === 0} onClick={() => onPlace([])}>
        <span>{t("edit.whole")}</span>
        <Sum points={total} below={Math.round(areas * 1e6) / 1e6} />
        {faulty.has("") ? <FaultMark /> : null}
      </button>
      <ul role="tree" aria-label={t("edit.tree")} ref={tree} onKeyDown={onKeyDown} onClick={onClick}>
        {visible.map((row) => {
          const isHere = isSamePlace(row.place, place);
          return (
            <li
              key={keyOf(row.place)}
              role="treeitem"
              aria-level={row.place.length}
              aria-selected={isHere}
              aria-expanded={row.below === null ? undefined : !closed.has(keyOf(row.place))}
              tabIndex={isHere || (here < 0 && row === visible[0]) ? 0 : -1}
              className={`tree-line depth-${row.place.length - 1}`}
              data-key={keyOf(row.place)}
            >
              <span
                className={row.below === null ? "twist-none" : "twist"}
                aria-hidden="true"
                data-twist={row.below === null ? undefined : ""}
              />
              <span className="node-id">{row.id}</span>
              <span className="tree-label">
                {row.label}
                {changed.has(row.id) ? <span className="changed-mark">{t("edit.changed")}</span> : null}
              </span>
              {faulty.has(keyOf(row.place)) ? <FaultMark /> : null}
              <Sum points={row.points} below={row.below} />
            </li>
          );
        })}
      </ul>
      <div className="row tree-tools">
        <Button size="small" onClick={() => edit(addBelow(written, place.slice(0, -1), t("edit.newNode")))}>
          {t("edit.addBeside")}
        </Button>
        <Button
          size="small"
          disabled={place.length >= 3}
          onClick={() => edit(addBelow(written, place, t("edit.newNode")))}
        >
          {t("edit.addBelow")}
        </Button>
        <Button
          size="small"
          disabled={place.length === 0}
          onClick={() => edit(moveNode(written, place, -1))}
          aria-label={t("edit.up")}
        >
          ↑
        </Button>
        <Button
          size="small"
          disabled={place.length === 0}
          onClick={() => edit(moveNode(written, place, 1))}
          aria-label={t("edit.down")}
        >
          ↓
        </Button>
        <Button size="small" danger disabled={place.length === 0} onClick={() => edit(removeNode(written, place))}>
          {t("edit.remove")}
        </Button>
      </div>
      <p className="small faint on-desk">{t("edit.keys")}</p>
    </div>
  );
}

function keyOf(place: Place): string {
  return place.join(".");
}

function FaultMark() {
  const { t } = useTranslation("evaluation");
  return (
    <span className="fault-mark" title={t("edit.fault")}>
      <span aria-hidden="true">!</span>
      <span className="hidden-words">{t("edit.fault")}</span>
    </span>
  );
}

/** Points of a node and, where its children do not sum to them, what they sum to. */
function Sum({ points, below }: { readonly points: number | null; readonly below: number | null }) {
  const { t } = useTranslation("evaluation");
  const isSummed = below === null || points === null || Math.abs(below - points) < 1e-9;
  return (
    <span className={isSummed ? "tree-points" : "tree-points wrong"}>
      {points === null ? "–" : plain(points)}
      {isSummed ? null : <span className="small">{t("edit.sumIs", { sum: plain(below ?? 0) })}</span>}
    </span>
  );
}
