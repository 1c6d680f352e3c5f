import { commaNumeral, isMissingMark, parseNumber, pointNumeral } from './numbers.ts';

/** Numbers whose commas, or points, may stand between thousands. */
const thousandsByCommas = /^[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?$/;
const thousandsByPoints = /^[+-]?[1-9]\d{0,2}(\.\d{3})+(,\d+)?$/;

type Texts = readonly string[];

const has = (texts: Texts, pattern: RegExp): boolean => texts.some((text) => pattern.test(text));

/** Whether a number has this decimal sign, and not one that may stand between thousands. */
const proves = (texts: Texts, numeral: RegExp, thousands: RegExp): boolean =>
  texts.some((text) => numeral.test(text) && !thousands.test(text));

/** Whether every text is a number with one decimal sign or the other, or says that there is none. */
function isNumbers(texts: Texts): boolean {
  const isOne = (text: string): boolean =>
    parseNumber(text) !== undefined ||
    [commaNumeral, thousandsByCommas, thousandsByPoints].some((one) => one.test(text));
  return texts.every((text) => text === '' || isMissingMark(text) || isOne(text)) && texts.some(isOne);
}

/** The decimal signs of a table. */
export interface DecimalSigns {
  /** For each column whether its numbers have decimal commas: where the delimiter is another, one has a comma, and none has a point. */
  readonly commas: readonly boolean[];
  /** What of each column cannot be read for sure as a number. */
  readonly doubts: readonly (Doubt | undefined)[];
}

/** A text of a column of numbers, and what to do about it. */
export interface Doubt {
  readonly text: string;
  readonly remedy: string;
}

/**
 * The decimal signs of columns, each given by its distinct texts. 1,250 is 1.25 where another number of the table has a decimal comma, or
 * semicolons part cells, as they do because commas are in numbers, and no number says otherwise; else it is in doubt, as is 1.250 in a
 * column without other decimals where others have commas, and a column that has both signs.
 */
export function decimalSigns(columns: readonly Texts[], delimiter: string): DecimalSigns {
  const commas = columns.map((texts) => delimiter !== ',' && has(texts, commaNumeral) && !has(texts, pointNumeral));
  const proved = columns.some((texts, at) => commas[at]! && proves(texts, commaNumeral, thousandsByCommas));
  const byCommas =
    delimiter !== ',' && (proved || (delimiter === ';' && !columns.some((one) => has(one, pointNumeral))));
  const doubtOf = (texts: Texts): Doubt | undefined => {
    const doubt = doubtIn(texts, delimiter, byCommas);
    return doubt !== undefined && isNumbers(texts) ? doubt : undefined;
  };
  return { commas, doubts: columns.map(doubtOf) };
}

/** What is in doubt if the texts are numbers. */
function doubtIn(texts: Texts, delimiter: string, byCommas: boolean): Doubt | undefined {
  const found = (pattern: RegExp): string | undefined => texts.find((text) => pattern.test(text));
  const provedByPoints = byCommas && proves(texts, pointNumeral, thousandsByPoints);
  const thousands = provedByPoints ? undefined : found(byCommas ? thousandsByPoints : thousandsByCommas);
  if (thousands !== undefined) {
    const [sign, decimal] = byCommas ? ['point', 'comma'] : ['comma', 'point'];
    const whole = thousands.replaceAll(byCommas ? '.' : ',', '');
    return {
      text: thousands,
      remedy: `a ${sign} between thousands, or a decimal one; write ${whole}, or a decimal ${decimal}`,
    };
  }
  if (delimiter === ',' || !has(texts, commaNumeral) || !has(texts, pointNumeral)) return undefined;
  const [few, sign] = commonSign(texts);
  return { text: found(few)!, remedy: `and other numbers of the column have decimal ${sign}` };
}

/** The numbers with the rarer sign of a column that has both, and the name of the other sign. */
function commonSign(texts: Texts): readonly [few: RegExp, sign: string] {
  const count = (pattern: RegExp): number => texts.filter((text) => pattern.test(text)).length;
  return count(commaNumeral) > count(pointNumeral) ? [pointNumeral, 'commas'] : [commaNumeral, 'points'];
}
