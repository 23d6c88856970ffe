import type { Finding } from '../../core/finding.ts';
import type { MeetingLabel } from '../../core/meeting.ts';
import type { AnswerProvenance, Llm } from '../../llm/ask.ts';
import { wordingAsk } from './ask.ts';
import { type CalendarFrame, eventsOf } from './events.ts';
import { labelMeeting } from './label.ts';
import { type MeetingGroup, type MeetingPlan, remention } from './plan.ts';
import type { Vocabulary } from './template.ts';
import type { Wording } from './wording.ts';

/** A group with its words, and what the rules made of it. */
export interface WordedGroup {
  readonly group: MeetingGroup;
  readonly wording: Wording;
  readonly provenance: AnswerProvenance;
  /** What the rules said of the first words and of the words that were kept. */
  readonly firstLabel: MeetingLabel;
  readonly label: MeetingLabel;
}

export interface WordedBatch {
  readonly worded: readonly WordedGroup[];
  /** Groups that no answer had usable words for. */
  readonly missing: readonly MeetingGroup[];
  readonly findings: readonly Finding[];
}

/**
 * Words a batch of groups. The rules label each answer without knowing what was intended; groups whose label is another than
 * intended, or that an answer left out, are asked for again with other phrases, up to `redraws` times and until an ask is not
 * answered. What still differs then is kept with the label that the rules give it and listed.
 */
export async function wordGroups(params: {
  readonly llm: Llm;
  readonly plan: MeetingPlan;
  readonly vocabulary: Vocabulary;
  readonly groups: readonly MeetingGroup[];
  readonly frame: CalendarFrame;
  /** Name of the batch, unique in the job. */
  readonly cell: string;
  readonly redraws: number;
}): Promise<WordedBatch> {
  const { llm, plan, vocabulary, frame, cell, redraws } = params;
  const kept = new Map<number, WordedGroup>();
  let open = [...params.groups];
  for (let round = 0; round <= redraws && open.length > 0; round++) {
    const groups = round === 0 ? open : open.map((group) => remention(plan, group, round));
    const name = round === 0 ? cell : `${cell}/again-${round}`;
    const answer = await llm.ask(wordingAsk({ cell: name, plan, vocabulary, groups }));
    // Its attempts are used up, or the endpoint refuses it: what an ask gets no words for is not worth the price of another.
    if (answer.value === null) break;
    const wordings = answer.value;
    groups.forEach((group, index) => {
      const wording = wordings.find(({ cell: number }) => number === index + 1);
      if (wording) keepBetter(kept, toWorded(plan, group, wording, frame, answer.provenance, kept));
    });
    open = open.filter(({ index }) => !isAsMeant(kept.get(index)));
  }
  const worded = params.groups.flatMap(({ index }) => kept.get(index) ?? []);
  const missing = params.groups.filter(({ index }) => !kept.has(index));
  return {
    worded,
    missing,
    findings: [...worded.flatMap(differenceOf), ...missing.map((group) => unworded(cell, group))],
  };
}

function toWorded(
  plan: MeetingPlan,
  group: MeetingGroup,
  wording: Wording,
  frame: CalendarFrame,
  provenance: AnswerProvenance,
  kept: ReadonlyMap<number, WordedGroup>,
): WordedGroup | undefined {
  const event = eventsOf(plan, group, wording, frame)[0]?.event;
  if (!event) return undefined;
  const label = labelMeeting(plan.rules, event);
  return { group, wording, provenance, label, firstLabel: kept.get(group.index)?.firstLabel ?? label };
}

function keepBetter(kept: Map<number, WordedGroup>, worded: WordedGroup | undefined): void {
  if (!worded) return;
  const before = kept.get(worded.group.index);
  if (!before || nearness(worded) > nearness(before)) kept.set(worded.group.index, worded);
}

/** 0 … 3: importance counts more than preparation. */
function nearness({ group, label }: WordedGroup): number {
  const isSameImportance = label.importance_label === group.intent;
  const isSamePrep = label.prep_time_minutes === (group.prep?.minutes ?? 0);
  return (isSameImportance ? 2 : 0) + (isSamePrep ? 1 : 0);
}

function isAsMeant(worded: WordedGroup | undefined): boolean {
  return worded !== undefined && nearness(worded) === 3;
}

function differenceOf(worded: WordedGroup): Finding[] {
  if (isAsMeant(worded)) return [];
  const { group, label, wording } = worded;
  const meant = `${group.intent}, ${group.prep?.minutes ?? 0} min`;
  return [
    {
      code: 'meetings-intent-differs',
      severity: 'warning',
      place: `group ${group.index + 1}`,
      message: `meant as ${meant}; the rules say ${label.importance_label}, ${label.prep_time_minutes} min: ${wording.subject}`,
    },
  ];
}

function unworded(cell: string, group: MeetingGroup): Finding {
  return {
    code: 'meetings-unworded',
    severity: 'error',
    place: `${cell} group ${group.index + 1}`,
    message: `no answer had usable words for a ${group.intent} meeting`,
  };
}
