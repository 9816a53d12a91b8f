/** A button that opens a short menu: arrow keys, Home, End and Escape work as in any menu, a click beside it closes it. */

import { useEffect, useId, useRef, useState } from "react";
import type { KeyboardEvent } from "react";

interface MenuItem {
  readonly key: string;
  readonly label: string;
  /** given for one choice of several */
  readonly isChosen?: boolean;
  readonly act: () => void;
}

interface MenuPart {
  readonly title: string | null;
  readonly items: readonly MenuItem[];
}

export function MenuButton({ label, parts }: { readonly label: string; readonly parts: readonly MenuPart[] }) {
  const [isOpen, setOpen] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();

  useEffect(() => {
    if (!isOpen) return undefined;
    itemsOf(place.current)[0]?.focus();
    const onPress = (event: PointerEvent): void => {
      if (event.target instanceof Node && place.current?.contains(event.target) !== true) setOpen(false);
    };
    document.addEventListener("pointerdown", onPress);
    return () => document.removeEventListener("pointerdown", onPress);
  }, [isOpen]);

  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!isOpen) return;
    if (event.key === "Escape") close();
    else if (event.key === "Tab") {
      setOpen(false);
      return;
    } else {
      const items = itemsOf(place.current);
      const at = items.findIndex((item) => item === document.activeElement);
      const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
      if (next === undefined) return;
      items.at(next % items.length)?.focus();
    }
    event.preventDefault();
  };

  return (
    <div ref={place} className="menu-place">
      <button
        ref={button}
        type="button"
        className="button plain person"
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        onClick={() => setOpen(!isOpen)}
        onKeyDown={onKeyDown}
      >
        <span className="name">{label}</span>
        <span aria-hidden="true">▾</span>
      </button>
      {isOpen ? (
        <div id={id} className="menu" role="menu" tabIndex={-1} aria-label={label} onKeyDown={onKeyDown}>
          {parts.map((part) => (
            <div key={part.items[0]?.key} role="group" {...(part.title === null ? {} : { "aria-label": part.title })}>
              {part.title === null ? null : (
                <div className="menu-title" aria-hidden="true">
                  {part.title}
                </div>
              )}
              {part.items.map((item) => (
                <button
                  key={item.key}
                  type="button"
                  tabIndex={-1}
                  role={item.isChosen === undefined ? "menuitem" : "menuitemradio"}
                  {...(item.isChosen === undefined ? {} : { "aria-checked": item.isChosen })}
                  onClick={() => {
                    close();
                    item.act();
                  }}
                >
                  {item.label}
                  {item.isChosen === true ? <span aria-hidden="true">✓</span> : null}
                </button>
              ))}
            </div>
          ))}
        </div>
      ) : null}
    </div>
  );
}

function itemsOf(place: HTMLElement | null): HTMLElement[] {
  return [...(place?.querySelectorAll<HTMLElement>("[role^=menuitem]") ?? [])];
}
