/** A whole server over a real database for tests, with clients that act as somebody. */

import { createHash, randomBytes } from "node:crypto";
import { createClient } from "@xingfu/contract";
import type { Client, Route } from "@xingfu/contract";
import { schoolYear } from "@xingfu/domain/base";
import type { DistrictYear, Section, SectionRows } from "@xingfu/domain/base";
import { loadRows } from "@xingfu/store";
import type { Actor, Batch, Store } from "@xingfu/store";
import { testStore } from "@xingfu/store/testing";
import type { TestDistrict } from "@xingfu/store/testing";
import type { FastifyInstance, LightMyRequestResponse } from "fastify";
import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { buildApp } from "../app.ts";
import { readConfig } from "../config.ts";
import type { Config } from "../config.ts";
import { cookieName } from "../session/sessions.ts";

export const year = schoolYear(2025);

export interface Person {
  readonly client: Client;
  /** a request by hand, with the person's cookie and, unless told otherwise, token */
  readonly send: (request: RawRequest) => Promise<LightMyRequestResponse>;
  readonly cookie: string;
}

export interface RawRequest {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly url: string;
  readonly payload?: string | object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly withoutToken?: boolean;
}

export interface Harness {
  readonly app: FastifyInstance;
  readonly store: Store;
  readonly district: TestDistrict & { readonly name: string };
  /** a client that is nobody */
  readonly stranger: Client;
  /** signs an actor in without a password */
  as(actor: Actor): Promise<Person>;
  /** moves the server's clock on */
  pass(seconds: number): void;
  /** loads rows as the officer */
  report(rows: Rows): Promise<Batch>;
  close(): Promise<void>;
}

export type Rows = { readonly [S in Section]?: readonly SectionRows[S][] };

export async function openHarness(changes: Partial<Config> = {}): Promise<Harness> {
  const database = await testStore();
  const { store } = database;
  const made = await database.makeDistrict();
  const name = (await store.gate.listDistricts()).find((one) => one.districtId === made.districtId)?.name ?? "";
  const district = { ...made, name };
  let shift = 0;
  const config = {
    ...readConfig({}),
    logLevel: "error" as const,
    requestsPerMinute: 1e6,
    signInsPerMinute: 1e6,
    ...changes,
  };
  const app = await buildApp({
    store,
    config,
    webFolder: "/nonexistent",
    now: () => new Date(Date.now() + shift * 1000),
    hashCost: { memoryCost: 64, timeCost: 1, parallelism: 1 },
    onReply: holdToContract,
  });
  await app.ready();

  return {
    app,
    store,
    district,
    stranger: createClient("", { fetch: fetchFrom(app, () => "") }),
    async as(actor) {
      const token = randomBytes(32).toString("base64url");
      const tokenHash = createHash("sha256").update(token).digest();
      const { districtId, accountId } = actor;
      await store.gate.openSession({
        districtId,
        accountId,
        tokenHash,
        idleSeconds: 3600,
        absoluteSeconds: 7200,
        address: "127.0.0.1",
      });
      const cookie = `${cookieName}=${token}`;
      const client = createClient("", { fetch: fetchFrom(app, () => cookie) });
      return {
        client,
        cookie,
        async send({ method = "GET", url, payload, headers = {}, withoutToken = false }) {
          const { session } = await client.readSession();
          const token = method === "GET" || withoutToken ? {} : { "x-csrf-token": session?.csrfToken ?? "" };
          return app.inject({
            method,
            url,
            headers: { cookie, ...token, ...headers },
            ...(payload === undefined ? {} : { payload }),
          });
        },
      };
    },
    pass(seconds) {
      shift += seconds;
    },
    report: (rows) =>
      store.withActor(district.officer, (tx) =>
        loadRows(tx, { year, kind: "import", fileName: "测试.xlsx", isSample: false, rows, replace: "listed" }),
      ),
    async close() {
      await app.close();
      await database.close();
    },
  };
}

/** The client's fetch, answered by the server in this process. */
function fetchFrom(app: FastifyInstance, cookie: () => string): typeof fetch {
  return async (url, init = {}) => {
    const request = new Request(`http://localhost${String(url)}`, init);
    const payload = Buffer.from(await request.arrayBuffer());
    const { method } = request;
    if (method !== "GET" && method !== "POST" && method !== "PUT" && method !== "PATCH" && method !== "DELETE") {
      throw new TypeError(`no route takes ${method}`);
    }
    const reply = await app.inject({
      method,
      url: String(url),
      headers: { ...Object.fromEntries(request.headers), cookie: cookie() },
      ...(payload.length === 0 ? {} : { payload }),
    });
    const headers = new Headers();
    for (const [name, value] of Object.entries(reply.headers)) headers.set(name, String(value));
    const isEmpty = reply.statusCode === 204 || reply.statusCode === 304;
    return new Response(isEmpty ? null : new Uint8Array(reply.rawPayload), { status: reply.statusCode, headers });
  };
}

const compiled = new Map<Route, ReturnType<typeof Compile>>();

/** Fails the request when a reply says more or less than the contract does. */
function holdToContract(route: Route, value: unknown): void {
  if (typeof route.reply === "string") return;
  const schema: TSchema = route.reply;
  let validator = compiled.get(route);
  if (validator === undefined) compiled.set(route, (validator = Compile(schema)));
  const sent: unknown = JSON.parse(JSON.stringify(value));
  if (!validator.Check(sent)) {
    throw new Error(
      `${route.method} ${route.path} answers otherwise than agreed: ${JSON.stringify(validator.Errors(sent).slice(0, 5))}`,
    );
  }
}

/** A plain primary school with enough of everything. */
export function primarySchool(code: string, name: string, change: Partial<SectionRows["premises"]> = {}): Rows {
  const pupils = 400;
  return {
    schools: [
      {
        schoolCode: code,
        name,
        type: "211",
        ownership: "public",
        setting: "111",
        groupName: null,
        clusterName: null,
        isCounted: true,
        parentCode: null,
        builtYear: 2005,
        isDense: false,
        isBoarding: false,
        migrantPupils: 20,
        commitmentDate: null,
        kindergartenPupils: null,
        primaryPupils: pupils,
        juniorPupils: null,
        seniorPupils: null,
        vocationalPupils: null,
      },
    ],
    classes: Array.from({ length: 10 }, (_, index) => ({
      schoolCode: code,
      stage: "primary" as const,
      grade: 1 + (index % 6),
      className: `${1 + Math.floor(index / 6)}班`,
      classType: null,
      pupils: 40,
    })),
    staffCounts: [
      {
        schoolCode: code,
        stage: "primary",
        doctorateTeachers: 0,
        masterTeachers: 2,
        bachelorTeachers: 20,
        associateTeachers: 3,
        secondaryTeachers: 0,
        belowSecondaryTeachers: 0,
        leadTeachers: 5,
        peTeachers: 3,
        musicTeachers: 2,
        fineArtTeachers: 2,
        artsTeachers: 0,
        visitingPeArtsTeachers: 0,
        certifiedTeachers: 25,
        trainedTeachers: 25,
        rotationEligibleTeachers: 10,
        rotatedTeachers: 2,
        rotatedLeadTeachers: 1,
      },
    ],
    premises: [
      {
        schoolCode: code,
        stage: null,
        teachingFloorAreaM2: 2400,
        indoorSportsAreaM2: 200,
        sportsGroundAreaM2: 3200,
        convertedSportsAreaM2: 0,
        leasedSportsAreaM2: 0,
        equipmentYuan: 1_000_000,
        multimediaRooms: 12,
        musicRoomAreasM2: [75],
        artRoomAreasM2: [92],
        ...change,
      },
    ],
    finance: [
      {
        schoolCode: code,
        publicFundsBudgetYuan: 400_000,
        publicFundsSpentYuan: 400_000,
        trainingBudgetYuan: 24_000,
        trainingSpentYuan: 22_000,
      },
    ],
  };
}

/** Several schools' rows as one return. */
export function together(...parts: readonly Rows[]): Rows {
  const all: { -readonly [S in Section]?: SectionRows[S][] } = {};
  const add = <S extends Section>(section: S, rows: readonly SectionRows[S][]): void => {
    const known: SectionRows[S][] | undefined = all[section];
    if (known === undefined) Object.assign(all, { [section]: [...rows] });
    else known.push(...rows);
  };
  for (const part of parts) {
    for (const section of Object.keys(part) as Section[]) add(section, part[section] ?? []);
  }
  return all;
}

/** The rows as a whole return, for writing a workbook. */
export function asDistrictYear(district: Harness["district"], rows: Rows): DistrictYear {
  return {
    districtCode: district.code,
    districtName: district.name,
    schoolYear: year,
    isSample: false,
    schools: [],
    classes: [],
    classBands: [],
    staff: [],
    staffCounts: [],
    premises: [],
    finance: [],
    districtFigures: [],
    monitoring: [],
    findings: [],
    satisfaction: [],
    vetoes: [],
    ...rows,
  };
}
