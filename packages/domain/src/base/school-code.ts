/** School identifiers (学校标识码) and school types (办学类型) as the rules need them. */

/** Category prefixes of a 学校(机构)标识码. */
const categories = new Set([
  "11",
  "21",
  "22",
  "31",
  "32",
  "33",
  "34",
  "35",
  "36",
  "37",
  "41",
  "42",
  "51",
  "91",
  "92",
  "93",
]);
/** First two digits of GB/T 2260: provinces, autonomous regions, municipalities. */
const provinces = new Set([
  "11",
  "12",
  "13",
  "14",
  "15",
  "21",
  "22",
  "23",
  "31",
  "32",
  "33",
  "34",
  "35",
  "36",
  "37",
  "41",
  "42",
  "43",
  "44",
  "45",
  "46",
  "50",
  "51",
  "52",
  "53",
  "54",
  "61",
  "62",
  "63",
  "64",
  "65",
  "71",
  "81",
  "82",
]);

/**
 * Whether `code` has the form AABBCCCCCC of a 学校(机构)标识码: category, province, serial. No check digit
 * is documented.
 *
 * @source standards reference §10.2
 */
export function isSchoolCode(code: string): boolean {
  return /^\d{10}$/.test(code) && categories.has(code.slice(0, 2)) && provinces.has(code.slice(2, 4));
}
