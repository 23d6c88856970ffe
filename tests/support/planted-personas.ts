/** Six people in one: what they talk of and how, for exports whose personas are known. All texts are ours. */
export interface PlantedPersona {
  readonly name: string;
  /** Sentences with {slots}. */
  readonly openings: readonly string[];
  readonly sentences: readonly string[];
  readonly slots: Readonly<Record<string, readonly string[]>>;
  /** Sentences of a message, least and most, before it is filled to its length. */
  readonly length: readonly [number, number];
  readonly lowerCase: boolean;
}

export const plantedPersonas: readonly PlantedPersona[] = [
  {
    name: 'architect',
    openings: [
      'How should I structure the {part} of our {system}?',
      'I am designing the {part} for a {system}, and I would like to compare two approaches.',
      'What are the trade offs between {option} and {option} for the {part}?',
    ],
    sentences: [
      'The {part} must scale to {number} requests a second, therefore {option} seems better than {option}.',
      'First, the {part} should be separated from the {part}; second, the interface between them has to be versioned.',
      'On the other hand, {option} adds latency and another dependency to the {system}.',
      'The architecture has a {part}, a {part} and a shared {part}, because each team owns one module.',
      '- option one: {option} with a {part}\n- option two: {option} without it',
      'If the {part} fails, the {part} has to go on with stale data, unless we accept downtime of the {system}.',
    ],
    slots: {
      part: [
        'message queue',
        'storage layer',
        'API gateway',
        'event bus',
        'cache',
        'scheduler',
        'read model',
        'plugin interface',
        'service boundary',
      ],
      system: [
        'billing platform',
        'multi-tenant system',
        'ingestion pipeline',
        'search service',
        'logistics backend',
      ],
      option: [
        'event sourcing',
        'a modular monolith',
        'microservices',
        'a relational schema',
        'CQRS',
        'an append-only log',
        'sharding by tenant',
      ],
      number: ['five thousand', 'two hundred', 'forty thousand'],
    },
    length: [5, 9],
    lowerCase: false,
  },
  {
    name: 'debugger',
    openings: [
      'still not working, {thing} throws {error}',
      'why does {thing} crash with {error}?',
      'getting {error} again after the fix in {thing}',
    ],
    sentences: [
      '```\nTypeError: {error}\n    at {thing} (src/{file}.js:{line}:12)\n    at process (node:internal:41:9)\n```',
      'tried restarting and clearing the build, same {error}',
      'the log file says {error} right before {thing} dies',
      '```js\nconst result = {thing}(input);\nconsole.log(result.length);\n```',
      'it worked yesterday, the only change is in {file}.js',
      'stack trace points at line {line} but that line looks fine',
    ],
    slots: {
      thing: [
        'parseHeaders',
        'loadSession',
        'renderTable',
        'fetchUser',
        'the unit test',
        'the docker build',
        'the migration script',
        'useEffect',
      ],
      error: [
        'undefined is not a function',
        'ECONNREFUSED',
        'a segfault',
        'cannot read property of null',
        'exit code 137',
        'a timeout exception',
        'module not found',
      ],
      file: ['index', 'router', 'store', 'utils', 'worker', 'auth'],
      line: ['17', '42', '208', '311', '9'],
    },
    length: [2, 4],
    lowerCase: true,
  },
  {
    name: 'storyteller',
    openings: [
      'What if the {figure} could {power} but only in {place}?',
      'Imagine a scene in {place} where a {figure} meets a {figure}!',
      'I have an idea for a chapter: the {figure} loses the {treasure} in {place}.',
    ],
    sentences: [
      'Maybe the {figure} remembers {place}, the smell of rain, the song of a {figure}.',
      'I wonder whether the {treasure} should sing, or whisper, or burn like a small moon!',
      'Perhaps the villain is only a tired {figure} who wanted to {power}.',
      'The dialogue should feel like velvet and thunder; the narrator never lies, yet never tells everything.',
      'Suppose the story ends in {place}, with the {treasure} broken and the {figure} laughing.',
    ],
    slots: {
      figure: [
        'lighthouse keeper',
        'dragon',
        'clockmaker',
        'runaway princess',
        'blind cartographer',
        'ghost',
        'street magician',
      ],
      power: ['stop time', 'speak with rivers', 'paint doors that open', 'trade dreams', 'hear the dead'],
      place: [
        'a drowned city',
        'the desert of glass',
        'an abandoned theatre',
        'the last library',
        'a floating market',
      ],
      treasure: ['silver compass', 'unfinished poem', 'red umbrella', 'map of scars', 'music box'],
    },
    length: [3, 6],
    lowerCase: false,
  },
  {
    name: 'strategist',
    openings: [
      'Could you please prepare a summary of the {topic} for our {audience}?',
      'I would like to request your assistance with the {topic} for the next quarter.',
      'Dear team, please review the {topic} before the meeting with the {audience}.',
    ],
    sentences: [
      'Furthermore, our {topic} shows a decline in revenue of {share} among {customers}.',
      'We would appreciate a proposal regarding pricing, budget and margin for {customers}.',
      'The competitors have entered the market, and our {audience} expects a clear strategy.',
      'Kindly include the forecast, the churn of {customers} and the contract terms.',
      'With respect to the {topic}, the stakeholders request a roadmap by the end of the quarter.',
    ],
    slots: {
      topic: [
        'go to market strategy',
        'sales forecast',
        'pricing model',
        'customer retention plan',
        'investor presentation',
        'marketing budget',
      ],
      audience: ['board', 'investors', 'regional sales managers', 'stakeholders', 'supplier'],
      customers: ['enterprise clients', 'small business customers', 'existing subscribers', 'retail clients'],
      share: ['four percent', 'eleven percent', 'a fifth'],
    },
    length: [3, 5],
    lowerCase: false,
  },
  {
    name: 'confidant',
    openings: [
      'hey, {person} is upset with me again lol',
      "ugh, i'm so tired, didn't sleep because of {worry}",
      "ok so {person} wants to come over for dinner and i'm kinda nervous",
    ],
    sentences: [
      "i feel like {person} doesn't get how much {worry} stresses me",
      'gonna cook {dish} tonight, my kids love it, hope it helps tbh',
      "yeah i know i should talk to {person} but i'm scared, idk",
      'my friend says {worry} is normal, i feel lonely anyway haha',
      'btw the dog ate half of the {dish}, what a day',
    ],
    slots: {
      person: ['my sister', 'my mom', 'my partner', 'my best friend', 'my roommate'],
      worry: ['the wedding', 'my anxiety', 'the move', 'that argument', 'my health'],
      dish: ['lasagna', 'a mushroom curry', 'pancakes', 'grandma soup'],
    },
    length: [2, 4],
    lowerCase: true,
  },
  {
    name: 'learner',
    openings: [
      'Why does {subject} happen, in simple words?',
      'Can you explain the concept of {subject} to a beginner?',
      'What is the difference between {subject} and {subject}?',
    ],
    sentences: [
      'My textbook defines {subject} with a theory that I do not understand.',
      'In the lesson on {field}, the professor said that {subject} follows from the definition.',
      'I am studying {field} for an exam, so I want to learn why {subject} matters.',
      'Is it true that {subject} was discovered before the theory of {subject}?',
    ],
    slots: {
      subject: [
        'photosynthesis',
        'entropy',
        'the French Revolution',
        'natural selection',
        'inflation of the universe',
        'plate tectonics',
        'the past perfect tense',
        'osmosis',
      ],
      field: ['physics', 'biology', 'history', 'chemistry', 'grammar'],
    },
    length: [2, 4],
    lowerCase: false,
  },
];

/** Sentences that anybody writes; they stand in messages of every persona. */
export const commonSentences: readonly string[] = [
  'Thanks, that helped a lot.',
  'Here is what I have so far.',
  'Let me know if anything is unclear.',
  'This is for later today.',
  'Short answer first, details after.',
];
