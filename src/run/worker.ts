import { workerData } from 'piscina';

import { errorToShape } from '../core/errors.ts';
import type { SentenceEncoder, Tagger } from '../core/tagger.ts';
import type { Taxonomy } from '../core/taxonomy.ts';
import type { Correction } from '../fit/correction.ts';
import { orderSplit } from '../shard/order.ts';
import type { WorkerReply } from '../tag/protocol.ts';
import type { TagKit } from '../tag/tag-unit.ts';
import { collectStep } from './write/collect-step.ts';
import { correctStep } from './tag/correct-step.ts';
import { embedStep } from './train/embed-step.ts';
import { encodeMessagesStep } from './extract/encode-step.ts';
import { judgeStep } from './evaluate/judge-step.ts';
import { labelsStep } from './evaluate/labels-step.ts';
import { lookStep } from './tag/look-step.ts';
import { paceStep } from './tag/pace-step.ts';
import { refineStep } from './tag/refine-step.ts';
import { scanStep } from './scan/scan-step.ts';
import { screenStep } from './tag/screen-step.ts';
import { shardStep } from './write/shard-step.ts';
import { surveyStep } from './tag/survey-step.ts';
import { tagFileStep } from './tag/tag-file-step.ts';
import { tagStep } from './tag/tag-step.ts';
import type { LearnTask } from './tag/cascade-tasks.ts';
import type { OpenTask, WorkerSetup, WorkerTask } from './tasks.ts';

/** The one module that runs inside worker threads: opens its taggers once, then does one unit of work per task. */
export default async function work(task: WorkerTask): Promise<WorkerReply<unknown>> {
  try {
    return { ok: true, value: await perform(task) };
  } catch (error) {
    return { ok: false, error: errorToShape(error) };
  }
}

async function perform(task: WorkerTask): Promise<unknown> {
  switch (task.kind) {
    case 'open':
      return openModels(task);
    case 'scan':
      return scanStep(task);
    case 'tag':
      return tagStep(task, await tagKit());
    case 'refine':
      return refineStep(task, await accurateKit(), (await tagKit()).persona);
    case 'correct':
      return correctStep(task, await tagKit());
    case 'learn':
      return learnStep(task);
    case 'pace':
      return paceStep(task, (await accurateKit()).persona);
    case 'screen':
      return screenStep(task, setup().taxonomy);
    case 'collect':
      return collectStep(task, setup().taxonomy);
    case 'order':
      return orderSplit(task.input);
    case 'shard':
      return shardStep(task);
    case 'tag-file':
      return tagFileStep(task, await tagKit());
    case 'survey':
      return surveyStep(task, (await tagKit()).persona);
    case 'look':
      return lookStep(task, await accurateKit(), (await tagKit()).persona);
    case 'labels':
      return labelsStep(task, setup().taxonomy);
    case 'judge':
      return judgeStep(task, await tagKit());
    case 'embed':
      return embedStep(task, await sentenceEncoder());
    case 'encode-messages':
      return encodeMessagesStep(task, await sentenceEncoder());
  }
}

/** The matrix library is loaded where it is needed: it takes a tenth of a second of every worker. */
async function learnStep({ lessons, doubt }: LearnTask): Promise<Correction> {
  const { fitCorrection } = await import('../fit/fit-correction.ts');
  return fitCorrection(lessons, doubt);
}

async function openModels({ models }: OpenTask): Promise<null> {
  if (models === 'encoder') await sentenceEncoder();
  else {
    await tagKit();
    if (setup().accurateTagger !== null) await accurateKit();
  }
  return null;
}

let kit: Promise<TagKit> | undefined;

function tagKit(): Promise<TagKit> {
  kit ??= openKit(setup());
  return kit;
}

async function openKit({ rosterUrl, personaTagger, traitTagger, taxonomy }: WorkerSetup): Promise<TagKit> {
  const roster = await openRoster(rosterUrl);
  return {
    persona: await roster.openTagger(personaTagger, taxonomy),
    traits: await roster.openTagger(traitTagger, taxonomy),
    taxonomy,
  };
}

let accurate: Promise<TagKit> | undefined;

/** The kit with the accurate tier in the place of the fast one. */
function accurateKit(): Promise<TagKit> {
  const { rosterUrl, accurateTagger, taxonomy } = setup();
  if (accurateTagger === null) throw new TypeError('no accurate tier was set up');
  accurate ??= (async () => ({
    ...(await tagKit()),
    persona: await (await openRoster(rosterUrl)).openTagger(accurateTagger, taxonomy),
  }))();
  return accurate;
}

let encoder: Promise<SentenceEncoder> | undefined;

function sentenceEncoder(): Promise<SentenceEncoder> {
  const { rosterUrl, personaTagger, taxonomy } = setup();
  encoder ??= openRoster(rosterUrl).then((roster) => roster.openEncoder(personaTagger, taxonomy));
  return encoder;
}

interface Roster {
  openTagger(folder: string, taxonomy: Taxonomy): Promise<Tagger>;
  openEncoder(folder: string, taxonomy: Taxonomy): Promise<SentenceEncoder>;
}

async function openRoster(url: string): Promise<Roster> {
  return (await import(url)) as Roster; // taggers/index.ts
}

function setup(): WorkerSetup {
  return workerData as WorkerSetup; // given by openPool
}
