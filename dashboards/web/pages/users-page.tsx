import { roles } from "@firebreak/kit/roles.ts";
import { useState } from "preact/hooks";
import { path } from "../api-client.ts";
import { textsOf, word } from "../i18n/language.ts";
import { texts } from "../i18n/pages/users-texts.ts";
import { type Command, useCommand } from "../live/use-command.ts";
import { useResource } from "../live/use-resource.ts";
import { usePageTitle } from "../page-title.ts";
import { Choice, CommandForm, Field, textIn } from "../parts/form.tsx";
import { Problem } from "../parts/problem.tsx";
import { type Column, Table } from "../parts/table.tsx";
import type { ListOf, Role } from "../types.ts";

const { t } = textsOf(texts);
const places = ["engineerId", "stationId", "regionId", "customerId"] as const;

interface User extends Partial<Record<(typeof places)[number], string>> {
  readonly username: string;
  readonly role: Role;
  readonly disabledAt: string | null;
}

interface NewPassword {
  readonly user: User;
  readonly password: string;
}

/** Who may log in, and as what. */
export function UsersPage() {
  usePageTitle(t("users"));
  const list = useResource<ListOf<User>>("/users", 30_000);
  const command = useCommand();
  const [edited, edit] = useState<User | "new" | undefined>(undefined);
  const [made, show] = useState<NewPassword | undefined>(undefined);

  const order = async <Reply,>(target: string, body: object = {}): Promise<Reply | undefined> => {
    const reply = await command.run<Reply>(target, body);
    if (reply !== undefined) edit(undefined);
    list.reload();
    return reply;
  };
  const save = async (form: FormData) => {
    const role = textIn(form, "role");
    const where = Object.fromEntries(
      places.map((place) => [place, textIn(form, place)]).filter(([, id]) => id !== undefined),
    );
    if (edited !== "new" && edited !== undefined)
      return order(path`/users/${edited.username}/role`, { role, ...where });
    const username = textIn(form, "username");
    show(await order<NewPassword>("/users", { username, role, ...where }));
  };
  const columns = columnsOf({
    command,
    onEdit: edit,
    onSwitch: ({ username, disabledAt }) =>
      void order(`${path`/users/${username}`}/${disabledAt === null ? "disable" : "enable"}`),
    onReset: async ({ username }) =>
      show(await order<NewPassword>(path`/users/${username}/reset-password`)),
  });
  return (
    <section class="page">
      <h1>{t("users")}</h1>
      <p class="lead">{t("about")}</p>
      <Problem error={list.error ?? (edited === undefined ? command.error : undefined)} />
      {made && (
        <p class="card" role="status" data-testid="new-password">
          {t("passwordOf", { name: made.user.username })} <b>{made.password}</b>
        </p>
      )}
      {edited === undefined ? (
        <p>
          <button type="button" data-testid="add-user" onClick={() => edit("new")}>
            {t("add")}
          </button>
        </p>
      ) : (
        <UserForm
          key={edited === "new" ? "" : edited.username}
          user={edited === "new" ? undefined : edited}
          command={command}
          onSubmit={(form) => void save(form)}
          onCancel={() => edit(undefined)}
        />
      )}
      <Table
        rows={list.data?.items}
        columns={columns}
        rowKey={({ username }) => username}
        rowClass={({ disabledAt }) => (disabledAt === null ? "" : "faint")}
        empty=""
        testid="users"
      />
    </section>
  );
}

interface Actions {
  readonly command: Command;
  readonly onEdit: (user: User) => void;
  readonly onSwitch: (user: User) => void;
  readonly onReset: (user: User) => void;
}

const columnsOf = ({ command, onEdit, onSwitch, onReset }: Actions): Column<User>[] => [
  { key: "username", title: t("userName"), isHead: true, cell: ({ username }) => username },
  {
    key: "role",
    title: t("role"),
    value: ({ role }) => role,
    cell: ({ role, disabledAt }) => (
      <>
        {word("role", role)}
        {disabledAt !== null && <small> ({t("disabled")})</small>}
      </>
    ),
  },
  {
    key: "place",
    title: t("place"),
    cell: (user) =>
      places
        .filter((place) => user[place] !== undefined)
        .map((place) => `${t(place)} ${user[place]}`)
        .join(" · "),
  },
  {
    key: "actions",
    title: "",
    cell: (user) => (
      <div class="row-actions">
        {[
          { name: "change", text: t("change"), act: onEdit },
          {
            name: "switch",
            text: t(user.disabledAt === null ? "disable" : "enable"),
            act: onSwitch,
          },
          { name: "reset", text: t("resetPassword"), act: onReset },
        ].map(({ name, text, act }) => (
          <button
            key={name}
            type="button"
            class="quiet"
            data-testid={name}
            disabled={command.isBusy}
            onClick={() => act(user)}
          >
            {text}
          </button>
        ))}
      </div>
    ),
  },
];

interface FormProps {
  /** Absent: a new one. */
  readonly user: User | undefined;
  readonly command: Command;
  readonly onSubmit: (form: FormData) => void;
  readonly onCancel: () => void;
}

function UserForm({ user, command, onSubmit, onCancel }: FormProps) {
  return (
    <section class="card">
      <h2>{user === undefined ? t("add") : user.username}</h2>
      <CommandForm
        command={command}
        submit={t("save")}
        testid="user-form"
        onSubmit={onSubmit}
        onCancel={onCancel}
      >
        <div class="pair">
          {user === undefined && (
            <Field label={t("userName")} hint={t("userNameHint")}>
              <input name="username" required pattern="[a-z0-9][a-z0-9._\-]*" maxLength={60} />
            </Field>
          )}
          <Choice
            label={t("role")}
            name="role"
            words={roles}
            textOf={(role) => word("role", role)}
            value={user?.role ?? "viewer"}
          />
          {places.map((place) => (
            <Field key={place} label={t(place)}>
              <input name={place} maxLength={100} defaultValue={user?.[place] ?? ""} />
            </Field>
          ))}
        </div>
      </CommandForm>
    </section>
  );
}
