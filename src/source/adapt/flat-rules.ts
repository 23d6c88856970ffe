import type { Columns } from './adapter.ts';
import { systemNames } from './beside-messages.ts';
import type { Sample } from './sample.ts';

/** Slots that must be there and slots that may be, each with the column names it goes by, best first. */
interface FlatRule {
  readonly needs: Readonly<Record<string, readonly string[]>>;
  readonly may?: Readonly<Record<string, readonly string[]>>;
}

const instructionNames = (
  'instruction instructions rewrittenintent prompt question questiontext qtext query q userrequest userprompt userquery usermessage ' +
  'userinput request problem problemstatement nl intent seekerpost human user taskdescription inputtext'
).split(' ');
const outputNames = (
  'output outputs completion response answer answers answertext a canonicalsolution solution snippet cmd command sql reply responsepost ' +
  'assistant gpt bot modelresponse modeloutput generation correctanswer bestanswer correct answer1 finalanswer target targettext rationale groundtruth'
).split(' ');
const contextNames = ['context', 'passage', 'article', 'document', 'background', 'paragraph'];
const optionNames = ['options', 'choices', 'candidates'];
const toolNames = ['tools', 'functions', 'apilist'];
const shared = { system: systemNames, tools: toolNames };

/** Pairs of request and answer; the first rule whose needs are all met wins, so special ones stand before general ones. */
const pairRules: readonly FlatRule[] = [
  { needs: { instruction: ['prompt'], output: ['canonicalsolution'] } },
  {
    needs: { instruction: ['description'], input: ['buggycode'], output: ['oraclecode', 'fixedcode'] },
    may: { explanation: ['explanations', 'explanation'] },
  },
  { needs: { title: ['questiontitle'], instruction: ['questiontext'], output: ['answertext'] } },
  {
    needs: {
      instruction: ['premise'],
      optionA: ['hypothesis1', 'choice1'],
      optionB: ['hypothesis2', 'choice2'],
      output: ['label', 'answer'],
    },
    may: { input: ['askfor', 'question'] },
  },
  {
    needs: { context: ['cause'], instruction: ['effect'], output: ['conceptualexplanation', 'explanation'] },
  },
  {
    needs: { context: ['premises', 'premise'], instruction: ['conclusion', 'hypothesis'], output: ['label'] },
  },
  { needs: { instruction: ['question'], options: optionNames, output: ['rationale', 'explanation'] } },
  {
    needs: { instruction: instructionNames, output: outputNames },
    may: {
      ...shared,
      input: ['input', 'inputs'],
      context: contextNames,
      options: optionNames,
      history: ['history'],
      instructionElse: ['intent'],
    },
  },
  { needs: { instruction: ['input', 'source', 'src', 'inputs'], output: outputNames }, may: shared },
  {
    needs: {
      instruction: ['context', 'post', 'dialogue', 'history', 'text'],
      output: ['response', 'reply', 'responsepost'],
    },
    may: shared,
  },
  { needs: { instruction: ['scenario'], output: ['excuse'] } },
  {
    needs: {
      instruction: ['claim', 'topic', 'motion'],
      output: ['perspectives', 'perspective', 'argument', 'arguments'],
    },
  },
  {
    needs: { instruction: ['description'], output: ['code', 'solution'] },
    may: { explanation: ['writeup'] },
  },
  {
    needs: {
      instruction: ['title', 'poemtitle', 'headline', 'subject'],
      output: ['text', 'poemtext', 'content', 'body', 'article', 'story', 'description'],
    },
  },
];

/** Requests without an answer. */
const requestRules: readonly FlatRule[] = [
  { needs: { instruction: instructionNames }, may: { ...shared, input: ['input'], context: contextNames } },
  { needs: { instruction: ['scenario', 'input'] } },
];

const textNames =
  'text content document passage body story poem poemtext lyrics article paragraph sentence utterance tweet'.split(
    ' ',
  );

export function findPair(sample: Sample): Columns | undefined {
  return findRule(sample, pairRules);
}

export function findRequest(sample: Sample): Columns | undefined {
  return findRule(sample, requestRules);
}

export function findText(sample: Sample): string | undefined {
  return sample.find(textNames);
}

function findRule(sample: Sample, rules: readonly FlatRule[]): Columns | undefined {
  for (const rule of rules) {
    const columns = matchRule(sample, rule);
    if (columns) return columns;
  }
  return undefined;
}

function matchRule(sample: Sample, rule: FlatRule): Columns | undefined {
  const columns: Record<string, string> = {};
  const used = new Set<string>();
  for (const [slot, names] of Object.entries(rule.needs)) {
    const column = sample.find(names);
    if (column === undefined || used.has(column)) return undefined;
    columns[slot] = column;
    used.add(column);
  }
  for (const [slot, names] of Object.entries(rule.may ?? {})) {
    const column = sample.find(names);
    if (column === undefined || used.has(column)) continue;
    columns[slot] = column;
    used.add(column);
  }
  return columns;
}
