/** One version of a scheme, read. */

import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import type { Scheme } from "@xingfu/standards";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { api } from "../../lib/api.ts";
import { plain } from "../../lib/format.ts";
import { useMay } from "../../lib/session.ts";
import { Page, Sheet } from "../../ui/Page.tsx";
import { Loaded } from "../../ui/States.tsx";
import { useTell } from "../../ui/tell.ts";
import { forgetEvaluations, schemeQuery } from "./asked.ts";
import { SchemeHead } from "./SchemeHead.tsx";
import { SchemeTree } from "./SchemeTree.tsx";
import "./evaluation.css";

export function SchemePage() {
  const { t } = useTranslation("evaluation");
  const { id, version } = useParams({ from: "/inside/work/evaluation/schemes/$id/$version" });
  const query = useQuery(schemeQuery(id, version));
  const may = useMay();
  const tell = useTell();
  const navigate = useNavigate();
  const copy = useMutation({
    mutationFn: () => api.createSchemeDraft({ body: { copyOf: { scheme: id, version } } }),
    onSuccess: async ({ draft }) => {
      await forgetEvaluations();
      await navigate({ to: "/evaluation/drafts/$draft", params: { draft: String(draft.id) }, search: {} });
    },
    onError: tell.failure,
  });
  const title = query.data?.scheme.title ?? t("schemes.one");
  return (
    <Page
      title={title}
      subtitle={
        <>
          <Link to="/evaluation/schemes">{t("schemes.back")}</Link>
          <span className="soft"> · {t("schemes.versionIs", { version })}</span>
        </>
      }
      actions={
        query.data && may("evaluation.manage") ? (
          <Button type="primary" loading={copy.isPending} onClick={() => copy.mutate()}>
            {t("schemes.copy")}
          </Button>
        ) : undefined
      }
    >
      <Loaded query={query} lines={10}>
        {({ scheme }) => (
          <>
            <p className="answer">{schemeAnswer(scheme, t)}</p>
            <SchemeHead scheme={scheme} />
            <Sheet title={t("scheme.tree")} isFlush>
              <SchemeTree scheme={scheme} />
            </Sheet>
          </>
        )}
      </Loaded>
    </Page>
  );
}

/** What a scheme asks for, in a sentence. */
function schemeAnswer(scheme: Scheme, t: ReturnType<typeof useTranslation>["t"]): string {
  const leaves = scheme.nodes.filter((node) => node.leaf !== null);
  return t("evaluation:scheme.answer", {
    areas: scheme.nodes.filter((node) => node.level === "area").length,
    leaves: leaves.length,
    points: plain(scheme.points),
    parties: scheme.parties.length,
    unverified: scheme.nodes.filter((node) => !node.provenance.isVerified).length,
  });
}
