import { routes } from "@xingfu/contract";
import { changeOwnPassword } from "@xingfu/store";
import type { District, SignInAccount, Store } from "@xingfu/store";
import type { Deps } from "../deps.ts";
import { Refusal } from "../refusal.ts";
import { invalid } from "../validation.ts";
import { UnknownNames, lockOut } from "./lock-out.ts";
import { passwordWeakness } from "./password.ts";
import { sessionReply } from "./sessions.ts";

export function serveSession({ serve, store, sessions, passwords, metrics, shared, now }: Deps): void {
  const unknownNames = new UnknownNames(now);

  /** Checks the password of `name`; the same steps, time and answers whether the name exists or not. */
  async function check(district: District, name: string, password: string, address: string): Promise<SignInAccount> {
    const account = await store.gate.findAccount(district.districtId, name);
    const key = `${district.districtId}/${name.toLowerCase()}`;
    const wait = account === null ? unknownNames.lockedSeconds(key) : secondsUntil(account.lockedUntil, now());
    if (wait > 0) {
      metrics.countSignIn("locked");
      throw new Refusal("SIGN_IN_LOCKED", { retryAfterSeconds: wait });
    }
    const matches = await passwords.verify(account?.passwordHash ?? null, password);
    if (account !== null && matches && account.isActive) return account;

    metrics.countSignIn("refused");
    if (account === null) unknownNames.note(key);
    const { lockedUntil } = await store.gate.noteFailure({
      districtId: district.districtId,
      accountId: account?.accountId ?? null,
      name,
      address,
      ...lockOut,
    });
    const locked = account === null ? unknownNames.lockedSeconds(key) : secondsUntil(lockedUntil, now());
    if (locked > 0) throw new Refusal("SIGN_IN_LOCKED", { retryAfterSeconds: locked });
    throw new Refusal("SIGN_IN_REFUSED", {});
  }

  serve(routes.signIn, async ({ body, request, reply }) => {
    const district = await chooseDistrict(store, body.district);
    const account = await check(district, body.name, body.password, request.ip);
    metrics.countSignIn("ok");
    const session = await sessions.open(request, reply, account);
    return sessionReply(session);
  });

  serve(routes.readSession, async ({ session }) => {
    const districts = await shared.read("districts", () => store.gate.listDistricts());
    return {
      session: session === null ? null : sessionReply(session),
      districts: districts.map(({ code, name, isSample }) => ({ code, name, isSample })),
    };
  });

  serve(routes.signOut, async ({ request, reply }) => sessions.end(request, reply));

  serve(routes.changePassword, async ({ body, session, request }) => {
    const { found } = session;
    await check(found.district, found.name, body.current, request.ip);
    const weakness = body.next === body.current ? "新密码不能与原密码相同" : passwordWeakness(body.next, found.name);
    if (weakness !== null) throw new Refusal("PASSWORD_WEAK", { rule: weakness });
    const hash = await passwords.hash(body.next);
    await store.withActor(session.actor, (tx) => changeOwnPassword(tx, hash, session.tokenHash));
    const renewed = await sessions.find(request);
    if (renewed === null || renewed === "expired") throw new Refusal("SESSION_EXPIRED", {});
    return sessionReply(renewed);
  });
}

async function chooseDistrict(store: Store, code: string | undefined): Promise<District> {
  const districts = await store.gate.listDistricts();
  const district =
    code === undefined && districts.length === 1 ? districts[0] : districts.find((one) => one.code === code);
  if (district !== undefined) return district;
  if (code === undefined && districts.length > 1) throw invalid("body/district", "请选择区县");
  throw new Refusal("SIGN_IN_REFUSED", {});
}

function secondsUntil(time: string | null, now: Date): number {
  return time === null ? 0 : Math.max(0, Math.ceil((Date.parse(time) - now.getTime()) / 1000));
}
