// A menu of actions, or of choices of which one is chosen.
import type { ReactElement, ReactNode } from "react";
import {
  Header,
  Menu as AriaMenu,
  MenuItem as AriaMenuItem,
  MenuSection as AriaMenuSection,
  MenuTrigger,
  Popover,
  Pressable,
} from "react-aria-components/Menu";
import { Icon } from "./Icon.tsx";
import "./Menu.css";

interface MenuProps {
  /** The button that opens it: a native button, with its name. */
  readonly trigger: ReactElement<{ readonly role?: string }, string>;
  readonly label: string;
  readonly children: ReactNode;
}

/** A menu, and the button that opens it. */
export function Menu({ trigger, label, children }: MenuProps) {
  return (
    <MenuTrigger>
      <Pressable>{trigger}</Pressable>
      <Popover className="popover" placement="bottom start" offset={4}>
        <AriaMenu className="menu" aria-label={label}>
          {children}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}

interface ItemProps {
  readonly id: string;
  readonly onAction: () => void;
  readonly children: string;
}

/** An action in a menu. */
export function MenuItem({ id, onAction, children }: ItemProps) {
  return (
    <AriaMenuItem className="menu-item" id={id} onAction={onAction} textValue={children}>
      {children}
    </AriaMenuItem>
  );
}

interface ChoiceProps<T extends string> {
  readonly title: string;
  readonly chosen: T;
  readonly choices: readonly { readonly id: T; readonly text: string }[];
  readonly onChoose: (id: T) => void;
}

/** Choices in a menu, of which one is chosen. */
export function MenuChoices<T extends string>({ title, chosen, choices, onChoose }: ChoiceProps<T>) {
  return (
    <AriaMenuSection
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[chosen]}
      onSelectionChange={(keys) => {
        const choice = choices.find(({ id }) => keys !== "all" && keys.has(id) && id !== chosen);
        if (choice) onChoose(choice.id);
      }}
    >
      <Header className="menu-head">{title}</Header>
      {choices.map(({ id, text }) => (
        <AriaMenuItem key={id} className="menu-item" id={id} textValue={text}>
          <Icon name="check" />
          {text}
        </AriaMenuItem>
      ))}
    </AriaMenuSection>
  );
}
