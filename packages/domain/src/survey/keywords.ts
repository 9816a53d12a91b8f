/**
 * What free text is about, as drafts for people to read: words that one group of writers uses more than the others, and
 * sentences without what would point at somebody.
 */

/** A word that sets a group of texts apart. */
export interface Keyword {
  readonly word: string;
  /** texts of the group that hold it; a person counts once, however often the word is repeated */
  readonly texts: number;
  /** texts of the others that hold it */
  readonly others: number;
  /** log-likelihood ratio G²; above 6.63 a difference this large comes about by chance in one of a hundred words */
  readonly keyness: number;
}

export interface KeywordOptions {
  /** texts a word must stand in; fewer could point at a person */
  readonly leastTexts?: number;
  readonly most?: number;
}

/** Words that say nothing about the subject. */
const emptyWords = new Set(
  (
    "我们 你们 他们 她们 自己 大家 可以 能够 应该 需要 希望 建议 觉得 感觉 认为 非常 比较 有点 一点 一些 一下 很多 没有 不是 就是 还是 " +
    "但是 因为 所以 如果 而且 或者 以及 这个 那个 这样 那样 什么 怎么 为什么 时候 现在 已经 继续 进行 方面 问题 情况 学校 孩子 谢谢 感谢 " +
    "多一 少一 更加 更多 的话 其他 目前 总体 整体 特别 真的 都是 还有 只是 不要 不能 一个 一样 以后 平时 经常 有时"
  ).split(" "),
);

let words: Intl.Segmenter | undefined;

/**
 * The words of a text, each once: at least two characters, no digits, none of those that say nothing. Words are found by
 * the dictionary of the Unicode library (ICU), the same in browsers and on the server.
 */
export function wordsOf(text: string): ReadonlySet<string> {
  words ??= new Intl.Segmenter("zh", { granularity: "word" });
  const found = new Set<string>();
  for (const { segment, isWordLike } of words.segment(text)) {
    if (isWordLike !== true || !/^\p{Script=Han}{2,}$/u.test(segment) || emptyWords.has(segment)) continue;
    found.add(segment);
  }
  return found;
}

/**
 * Words that stand in more of `texts` than of `others`, the most telling first.
 *
 *     G² = 2 Σ O ln(O / E)   over the table (texts with and without the word) × (group, others)
 *
 * Held back altogether when the group has fewer than ten texts.
 *
 * @see Dunning 1993, Accurate Methods for the Statistics of Surprise and Coincidence
 */
export function keywords(
  texts: readonly string[],
  others: readonly string[],
  { leastTexts = 5, most = 20 }: KeywordOptions = {},
): readonly Keyword[] {
  const own = countTexts(texts);
  const other = countTexts(others);
  const found: Keyword[] = [];
  for (const [word, count] of own) {
    const elsewhere = other.get(word) ?? 0;
    if (count < leastTexts) continue;
    // without another group to set it apart from, the most frequent words are all there is to say
    const isMore = others.length === 0 || count / texts.length > elsewhere / others.length;
    if (!isMore) continue;
    found.push({
      word,
      texts: count,
      others: elsewhere,
      keyness: others.length === 0 ? 0 : logLikelihood(count, texts.length, elsewhere, others.length),
    });
  }
  return found
    .toSorted((a, b) => b.keyness - a.keyness || b.texts - a.texts || (a.word < b.word ? -1 : 1))
    .slice(0, most);
}

function countTexts(texts: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) for (const word of wordsOf(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

/** G² of a word in `a` of `n` texts here and `b` of `m` there; ≥ 0. */
export function logLikelihood(a: number, n: number, b: number, m: number): number {
  const part = (observed: number, row: number, column: number): number =>
    observed === 0 ? 0 : observed * Math.log((observed * (n + m)) / (row * column));
  const sum = part(a, a + b, n) + part(b, a + b, m) + part(n - a, n + m - a - b, n) + part(m - b, n + m - a - b, m);
  return Math.max(0, 2 * sum);
}

const surnames =
  "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤";
const titles = "老师|校长|主任|书记|园长|院长|局长|科长|同学|医生|师傅|阿姨|叔叔|班主任|教练";
// a surname is none inside 感谢老师, 由于老师, 许多老师; nor are the characters of such words part of a name
const person = new RegExp(
  `(?<![感谢由对关等主责信大])(?:欧阳|司马|上官|诸葛|[${surnames}])(?:(?![的们是和与多便面式法兴中年对给让])\\p{Script=Han}){0,2}?(${titles})`,
  "gu",
);
const named = /(我叫|名叫|叫做|姓名[是为：:]?)\s*\p{Script=Han}{2,4}/gu;

/**
 * The text without numbers of telephones and identity cards, addresses of mail, names before a title and after 我叫, and
 * classes. A name that stands alone cannot be told from other words: what is left is a draft for people who may read it.
 */
export function maskPersons(text: string): string {
  return text
    .replaceAll(/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, "［邮箱］")
    .replaceAll(/(?<!\d)\d{17}[\dXx](?!\d)/g, "［证件号］")
    .replaceAll(/(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)/g, "［电话］")
    .replaceAll(/(?<!\d)0\d{2,3}[- ]?\d{7,8}(?!\d)/g, "［电话］")
    .replaceAll(/(微信号?|QQ)[是为：:\s]*[A-Za-z0-9_-]{5,20}/gi, "$1［号码］")
    .replaceAll(named, "$1［姓名］")
    .replaceAll(person, "某$1")
    .replaceAll(
      /(?:[一二三四五六七八九初高]年级|[初高][一二三])?[(（]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[)）]?班(?!主任|级|车|会)/g,
      "某班",
    );
}
