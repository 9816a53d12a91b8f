/** Rolls that are being read in. */

import type { PupilImport } from "@xingfu/contract";
import type { PupilRow, SchoolYear } from "@xingfu/domain/base";
import { countPupils, loadPupils } from "@xingfu/store";
import { reportableSchools } from "../returns/reach.ts";
import type { SignedIn } from "../session/sessions.ts";
import type { UploadedFile } from "../upload.ts";
import { createIntake } from "../work/intake.ts";
import type { IntakeOptions } from "../work/intake.ts";
import type { Workers } from "../work/workers.ts";

export interface Rolls {
  /** starts to read a roll in; BUSY while another one of the district is running */
  start(session: SignedIn, year: SchoolYear, file: UploadedFile): Promise<PupilImport>;
  read(session: SignedIn, id: number): PupilImport;
  /** waits for what is running */
  close(): Promise<void>;
}

export function createRolls({ workers, ...options }: IntakeOptions & { readonly workers: Workers }): Rolls {
  const { store } = options;
  const intake = createIntake<Pick<PupilImport, "year" | "fileName" | "rowsExpected">>(options);
  return {
    async start(session, year, file) {
      const { fileName } = file;
      const before = await store.withActor(session.actor, async (tx) => ({
        onlySchools: await reportableSchools(session, tx),
        classes: await countPupils(tx, year),
      }));
      const pupils = before.classes.reduce((sum, one) => sum + one.pupils, 0);
      const only = before.onlySchools === null ? {} : { onlySchools: before.onlySchools };
      return intake.start<PupilRow>(
        session,
        { year, fileName, rowsExpected: pupils === 0 ? null : pupils },
        {
          read: (onRows) => workers.readList("roll", { ...file, ...only }, onRows),
          load: (tx, rows) => loadPupils(tx, { year, fileName, rows }),
        },
      );
    },
    read: (session, id) => intake.read(session, id),
    close: () => intake.close(),
  };
}
