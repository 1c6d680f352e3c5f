import yargs from 'yargs';
import { messageOf, packageVersion, usageError } from '../base/index.ts';
import { closestName } from '../table/index.ts';
import type { Command } from './command.ts';
import { flagGroups, type Flags } from './flags.ts';

/** What the command line asks for: a text to print, or a command to run. */
export type Request =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'command';
      readonly command: Command;
      readonly operands: readonly string[];
      readonly texts: Readonly<Record<string, readonly string[]>>;
    };

type Parser = ReturnType<typeof yargs>;

/** Every value stays a text, no flag has two spellings, and a flag that is not known is kept to be named. */
const parsing = {
  'boolean-negation': false,
  'camel-case-expansion': false,
  'dot-notation': false,
  'duplicate-arguments-array': true,
  'greedy-arrays': false,
  'parse-numbers': false,
  'parse-positional-numbers': false,
  'short-option-groups': false,
} as const;

/** What yargs itself says, in our words. */
const strings = {
  'Not enough arguments following: %s': '--%s needs a value',
  'Argument unexpected for: %s': '--%s takes no value',
  'Show help': 'show this help',
  'Show version number': 'show the version',
} as const;

const widest = 100;

function withFlags(parser: Parser, flags: Flags): Parser {
  for (const group of flagGroups) {
    const names = Object.keys(flags).filter((name) => flags[name]?.group === group);
    if (names.length > 0) parser.group(names, `${group}:`);
  }
  for (const [name, { help, fallback, required, valued }] of Object.entries(flags)) {
    parser.option(name, {
      describe: required === true ? `${help} (required)` : help,
      nargs: valued ? 1 : 0,
      ...(fallback === undefined ? {} : { defaultDescription: fallback }),
    });
  }
  return parser;
}

function commandHelp(parser: Parser, { name, operands, description, flags, examples }: Command): Parser {
  const required = Object.keys(flags).filter((flag) => flags[flag]?.required === true);
  const usage = [`$0 ${name}`, ...operands, ...required.map((flag) => `--${flag} ...`), '[flags]'].join(' ');
  withFlags(parser.usage(`${usage}\n\n${description}`), flags);
  const lines = examples.map(([line, what]) => `  ${line}\n      ${what}`);
  return parser.epilogue(`Examples:\n${lines.join('\n')}`);
}

function createParser(commands: readonly Command[], chosen: (command: Command) => void, columns: number): Parser {
  const parser = yargs()
    .scriptName('diffopt')
    .locale('en')
    .updateStrings(strings)
    .parserConfiguration(parsing)
    .usage('$0 COMMAND ...\n\nBetter designs from a table of experiments, by conditional diffusion.')
    .help('help')
    .alias('help', 'h')
    .version(packageVersion())
    .wrap(Math.min(widest, columns))
    .exitProcess(false)
    .fail(false);
  for (const command of commands) {
    parser.command(
      command.name,
      command.summary,
      (own) => commandHelp(own, command),
      () => chosen(command),
    );
  }
  return parser;
}

function noCommand(commands: readonly Command[], word: string): Error {
  const names = commands.map(({ name }) => name);
  const meant = closestName(word, names);
  const hint = meant === undefined ? '' : `; did you mean ${meant}`;
  return usageError(`there is no command ${JSON.stringify(word)}${hint} (the commands are ${names.join(', ')})`);
}

function textsOf(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).map(String);
}

/** Reads the command line. Throws usage errors for what is wrong with its words; a command checks the values of its own flags. */
export async function parseCommandLine(
  args: readonly string[],
  commands: readonly Command[],
  columns: number,
): Promise<Request> {
  let command: Command | undefined;
  const parser = createParser(commands, (one) => (command = one), columns);
  let printed = '';
  const parsed = async () =>
    parser.parseAsync([...args], {}, (_error, _argv, output) => {
      printed = output;
    });
  const argv = await parsed().catch((cause: unknown) => {
    throw usageError(messageOf(cause), { cause });
  });
  if (printed !== '') return { kind: 'text', text: `${printed}\n` };
  const {
    _: words,
    $0: _script,
    help: _help,
    h: _h,
    version: _version,
    ...flags
  } = argv as Record<string, unknown> & {
    _: (string | number)[];
  };
  const [first, ...operands] = words.map(String);
  if (command === undefined) {
    if (first !== undefined) throw noCommand(commands, first);
    const flag = Object.keys(flags)[0];
    throw usageError(
      flag === undefined
        ? `a command is missing (the commands are ${commands.map(({ name }) => name).join(', ')}; see diffopt --help)`
        : `a command must come first, before --${flag} (the commands are ${commands.map(({ name }) => name).join(', ')})`,
    );
  }
  const texts = Object.fromEntries(Object.entries(flags).map(([name, value]) => [name, textsOf(value)]));
  return { kind: 'command', command, operands, texts };
}
