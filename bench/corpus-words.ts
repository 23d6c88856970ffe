/** Word lists of the corpus generator, most frequent first: a word's rank is its place. Our own selection. */
const list = (words: string): readonly string[] => words.trim().split(/\s+/);

export const nouns = list(`
  time way day thing people year hand part place week case point world group problem fact night water room house
  question word number side area head end friend month power country reason study book eye job family line city name
  story minute idea body level office door morning answer plan market street mind voice paper road table town result
  letter moment picture garden river window kitchen winter summer bridge doctor teacher student machine message
  meeting mountain island forest valley harbour station village museum library theatre engine signal mirror lantern
  basket bottle bucket button camera candle carpet castle ceiling circle corner cottage curtain drawer farmer feather
  fence fiddle flame flour fountain gallery glove grain hammer helmet hinge insect jacket journey kettle ladder leather
  lesson lever magnet marble meadow needle notebook orchard oven paddle parcel pebble pencil pepper pillow pocket
  pottery pulley puzzle quarry rabbit recipe ribbon saddle sailor sandwich scarf shadow shelter shovel silence singer
  sketch socket spade spoon squirrel stable staircase statue stocking suitcase sweater sword tablet tailor tapestry
  telescope thimble thread timber tractor treasure tunnel umbrella vase veil violin wagon walnut whistle willow workshop
`);

export const verbs = list(`
  has makes takes gives finds needs keeps shows brings holds leaves starts follows changes moves opens turns helps
  carries builds sends meets reaches reads covers joins breaks draws raises passes pulls drops checks touches crosses
  guards gathers borrows repairs polishes hides measures counts folds weighs waters paints greets visits studies
  remembers forgets admires questions explains supports surprises delays protects replaces compares confuses balances
  collects compresses describes discovers embraces examines ignores imitates inspects interrupts invites launches
  mends mixes mocks nourishes observes outlives overlooks permits persuades postpones praises predicts pushes rebuilds
  recalls refuses releases rescues restores rewards scatters seals shapes sharpens shelters stretches tolerates traces
`);

export const adjectives = list(`
  new good small large old long great little own other early young important different clear public simple quiet strong
  whole late hard low high certain recent possible common warm cold dark bright heavy narrow gentle careful honest
  ordinary curious patient stubborn fragile faithful distant familiar sudden hollow golden silver crooked polished
  rusty velvet wooden broken borrowed forgotten tangled tidy muddy frozen gloomy graceful humble idle jolly lively
  lonely mellow nimble peculiar pleasant precious reluctant rugged scarlet serene shallow sturdy subtle tender timid
  tranquil uneven vacant vivid weary wicked wistful
`);

export const adverbs = list(`
  often usually slowly quickly almost always still never quietly carefully sometimes rarely gladly firmly openly
  suddenly gently mostly partly barely eagerly calmly bravely neatly oddly plainly rightly softly wisely
`);

const syllables = list(`
  ka lo mi ren tas vor el dun sha bri qua nes tor val im pel gar wyn hol cas fen ju zan ost ber lin mar dro ith ul
`);

/** Invented proper names: the long tail that real vocabularies have. 27,000 of them, by number. */
export function properName(index: number): string {
  const size = syllables.length;
  const first = syllables[index % size] ?? '';
  const second = syllables[Math.floor(index / size) % size] ?? '';
  const third = syllables[Math.floor(index / (size * size)) % size] ?? '';
  return first.charAt(0).toUpperCase() + first.slice(1) + second + third;
}

export const properNameCount = syllables.length ** 3;

/** Text outside ASCII: Chinese, Japanese, Korean, Cyrillic, Greek, Arabic, accents, emoji (with joiners and skin tones). */
export const foreignSentences: readonly string[] = [
  '今天的天气很好,我们去河边散步吧。',
  '请先检查日志,然后再重新启动服务。',
  '这个问题有两个答案,取决于你怎么看。',
  '昨日の夜、窓の外で小さな音がしました。',
  'この箱には古い手紙が入っています。',
  '오늘은 정원에 물을 주고 책을 읽었어요.',
  'Сначала проверьте настройки, потом запустите программу снова.',
  'Маленький кот сидел у окна и смотрел на снег.',
  'Сегодня мы говорим о том, как устроен мост.',
  'Το παλιό σπίτι βρίσκεται κοντά στη θάλασσα.',
  'الكتاب على الطاولة بجانب النافذة.',
  'Où est passée la clé du vieux château près de la forêt ?',
  'Über den Fluß führt eine schöne, schmale Brücke.',
  '¿Cuántos años tiene el pequeño árbol del jardín?',
  'Great job 🎉👏🏽 keep going 🚀',
  'Family time 👨‍👩‍👧‍👦 and a walk 🌲🌧️',
  'I feel a bit low today 😔💔',
];
