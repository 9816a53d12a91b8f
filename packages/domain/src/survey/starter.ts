/** Forms to start from: short, in the words of who is asked. A district rule (区级规则); every one may be changed. */

import type { Form, FormSection, Question, SurveyParty } from "./form.ts";

const degrees = { points: 5, lowLabel: "很不满意", highLabel: "很满意", satisfiedFrom: 4 } as const;
const plain = { note: "", isRequired: true, showIf: [] } as const;

function overall(text: string): Extract<Question, { kind: "scale" }> {
  return { id: "overall", kind: "scale", text, ...plain, ...degrees, hasFaces: false, isOverall: true, leaves: [] };
}

/** Asked of those who are not satisfied, so that the answer leads somewhere. */
function why(text: string, choices: readonly (readonly [id: string, label: string])[]): Question {
  return {
    id: "why",
    kind: "multiple",
    text,
    ...plain,
    isRequired: false,
    showIf: [{ question: "overall", anyOf: ["1", "2", "3"] }],
    choices: choices.map(([id, label]) => ({ id, label, isSatisfied: false })),
    most: 3,
  };
}

function matrix(text: string, rows: readonly (readonly [id: string, label: string, node?: string])[]): Question {
  return {
    id: "aspects",
    kind: "matrix",
    text,
    ...plain,
    ...degrees,
    rows: rows.map(([id, label, node]) => ({
      id,
      label,
      leaves: node === undefined ? [] : [`example-compulsory/${node}`],
    })),
  };
}

function words(text: string): Question {
  return {
    id: "words",
    kind: "text",
    text,
    ...plain,
    isRequired: false,
    note: "请不要写姓名、电话等能认出个人的内容。",
    most: 300,
  };
}

function section(title: string, ...questions: readonly Question[]): FormSection {
  return { id: "s1", title, questions };
}

const lacks = [
  ["teaching", "教学与作业"],
  ["care", "对孩子的关心"],
  ["contact", "家校沟通"],
  ["meals", "食堂与午休"],
  ["safety", "校园安全"],
  ["sports", "体育和课外活动"],
] as const;

/** A form for each party of 社会认可度. */
export const starterForms: readonly Form[] = [
  {
    party: "pupils",
    greeting: "你好。请说说你在学校的感受，没有对错，老师也看不到是谁写的。",
    sections: [
      section(
        "我在学校",
        { ...overall("在学校，你开心吗？"), lowLabel: "很不开心", highLabel: "很开心", hasFaces: true },
        {
          id: "like",
          kind: "scale",
          text: "老师上课的方式，你喜欢吗？",
          ...plain,
          ...degrees,
          lowLabel: "很不喜欢",
          highLabel: "很喜欢",
          hasFaces: true,
          isOverall: false,
          leaves: ["example-compulsory/B5"],
        },
        {
          id: "care",
          kind: "scale",
          text: "遇到困难时，老师会关心你吗？",
          ...plain,
          ...degrees,
          lowLabel: "从来不会",
          highLabel: "总是会",
          hasFaces: true,
          isOverall: false,
          leaves: ["example-compulsory/B6"],
        },
        {
          id: "safe",
          kind: "yesNo",
          text: "这学期，你觉得自己在学校是安全的吗？",
          ...plain,
          satisfiedIs: true,
          isOverall: false,
          leaves: ["example-compulsory/B10"],
        },
        {
          id: "sport",
          kind: "single",
          text: "你每天在学校活动多长时间？",
          ...plain,
          isOverall: false,
          leaves: [],
          choices: [
            { id: "two", label: "2 小时以上", isSatisfied: true },
            { id: "one", label: "1 到 2 小时", isSatisfied: true },
            { id: "less", label: "不到 1 小时", isSatisfied: false },
          ],
        },
        words("你最希望学校变成什么样？"),
      ),
    ],
  },
  {
    party: "parents",
    greeting: "您好。请根据孩子这一学年在校的情况作答，约需两分钟。",
    sections: [
      section(
        "总体评价",
        overall("总的来说，您对孩子所在学校满意吗？"),
        why("您不太满意的是哪些方面？（最多选 3 项）", lacks),
        matrix("下列各方面，您的满意程度是：", [
          ["moral", "品德和行为习惯的培养", "B2"],
          ["lessons", "课堂教学", "B5"],
          ["teachers", "教师的师德和责任心", "B6"],
          ["open", "校务公开和听取家长意见", "B9"],
          ["fair", "对每个孩子一视同仁", "B10"],
          ["culture", "校园环境和活动", "B11"],
        ]),
        words("您还有什么意见和建议？"),
      ),
    ],
  },
  {
    party: "teachers",
    greeting: "您好。请根据您的真实感受作答，问卷不记名。",
    sections: [
      section(
        "工作与学校",
        overall("总的来说，您对学校的工作满意吗？"),
        why("您认为最需要改进的是哪些方面？（最多选 3 项）", [
          ["load", "工作量"],
          ["growth", "专业发展机会"],
          ["reward", "考核与激励"],
          ["respect", "尊重与关心"],
          ["room", "办公和生活条件"],
        ]),
        matrix("下列各方面，您的满意程度是：", [
          ["growth", "教研和培训", "B7"],
          ["reward", "考核和激励办法", "B8"],
          ["rule", "民主管理和校务公开", "B9"],
          ["burden", "非教学负担的控制"],
        ]),
        words("您还有什么意见和建议？"),
      ),
    ],
  },
  ...(
    [
      ["principals", "您好。请从学校管理者的角度评价区域教育工作。"],
      ["deputies", "您好。请根据您履职中了解的情况作答。"],
      ["advisers", "您好。请根据您履职中了解的情况作答。"],
      ["public", "您好。请根据您的了解作答，约需一分钟。"],
    ] as const
  ).map(([party, greeting]): Form => ({
    party,
    greeting,
    sections: [
      section(
        "区域教育",
        overall("总的来说，您对本区义务教育满意吗？"),
        why("您认为最需要改进的是哪些方面？（最多选 3 项）", [
          ["places", "入学机会"],
          ["balance", "校际差距"],
          ["burden", "课业负担"],
          ["safety", "校园安全"],
          ["conditions", "办学条件"],
        ]),
        words("您还有什么意见和建议？"),
      ),
    ],
  })),
];

/** The starting form of a party. */
export function starterForm(party: SurveyParty): Form {
  const form = starterForms.find((candidate) => candidate.party === party);
  if (form === undefined) throw new RangeError(`no form to start from for ${party}`);
  return form;
}
