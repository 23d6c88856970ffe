/** Sentence frames of the offline writer. Slots: {project} {artefact} {team} {colleague} {customer} {phrase}. */

/** Subjects of meetings that no rule speaks of. */
export const plainSubjects = [
  '{project}: catch-up',
  '{project} – open points',
  '{team} and {project}: next steps',
  'Working session {project}',
  '{project} follow-up with {team}',
  'Look at the {artefact}, {project}',
  '{team}: {artefact} walkabout',
  'Thirty minutes on {project}',
  '{project} – who does what',
  'Tidy up the {artefact} ({project})',
];

/** Subjects around one phrase of the card. */
export const oneSubjects = [
  '{Phrase}: {project}',
  '{project} – {phrase}',
  '{Phrase} with {team}',
  '{Phrase} ({project})',
  '{project}, {team}: {phrase}',
  '{Phrase} and next steps, {project}',
  '{team}: {phrase}',
  'Before Friday: {phrase}, {project}',
];

/** Subjects of a priority keyword. */
export const keywordSubjects = [
  '{project}: {phrase}',
  'Focus on {phrase} – {project}',
  '{Phrase}: where we stand with {project}',
  '{team}: {phrase}, {project}',
  '{project} – {phrase} and owners',
  'Working time on {phrase} ({project})',
];

/** Subjects of two phrases. */
export const twoSubjects = [
  '{Phrase} and {other}: {project}',
  '{project} – {phrase}, {other}',
  '{Phrase} / {other} ({project})',
  '{team}: {phrase} plus {other}',
  '{Phrase}, then {other} – {project}',
];

/** Subjects where somebody weighty attends. */
export const peopleSubjects = [
  '{Phrase} with {guest}: {project}',
  '{guest}: {phrase}, {project}',
  '{project} – {phrase} ({guest})',
  '{Phrase} for {guest}',
];

/** First words of a series. */
export const seriesPrefixes: Readonly<Record<'0' | '1' | '2', readonly string[]>> = {
  '0': ['Daily', 'Regular', 'Short'],
  '1': ['Weekly', 'Weekly', 'Regular'],
  '2': ['Biweekly', 'Every other week'],
};

/** What the meeting is about. */
export const openings = [
  'We go through the {artefact} for {project} and agree who does what.',
  '{team} shows where {project} stands; we settle what is still open.',
  'The {artefact} for {project} has changed since last time, so we look at it together.',
  '{colleague} asked for this: {project} is stuck and needs an answer this week.',
  'Two questions on {project}, both with {team}: scope and dates.',
  'Compare the {artefact} with what {team} told us about {project}.',
  'Short agenda: {project}, the {artefact}, then anything from {team}.',
  '{project} is moving again; {team} would like to know what we expect.',
  'We need one page on {project} by the end of the hour, based on the {artefact}.',
  '{team} and we see {project} differently. Let us sort it out in person.',
  'News on {project} since Monday, and what it means for {team}.',
  'Numbers first: the {artefact}. Then {project} and its loose ends.',
  'Follow-up to our mail thread about {project}; {colleague} has the details.',
  'The {artefact} goes out tomorrow, {team} wants a last look at the part on {project}.',
  '{colleague} takes us through {project}, ten minutes, then questions.',
  'Where are we with {project}? {team} owes us the {artefact}.',
  'Three options for {project}; we leave with one.',
  'The part of {project} that {team} handed over last month, and why it is late.',
  '{colleague} drafted a way forward on {project}; tell us what you would change.',
  'Pick up where we left off: {project}, second half of the {artefact}.',
  'We compare two versions of the {artefact} and keep one for {project}.',
  '{team} joins for {project}; the rest of the list is internal.',
  'Half of {project} is done, half is not. We name the half.',
  'One decision, {project}; everything else can go by mail.',
  '{project}: what changed, what slipped, what {team} expects by Thursday.',
  'Read-through of the {artefact} before it leaves the house, with an eye on {project}.',
  'The dates of {project} and of {team} do not fit. We find ones that do.',
  'Start-up talk on {project} for {colleague}, who is new to it.',
  '{team} has four questions on the {artefact}; two of them concern {project}.',
  'Check the {artefact} line by line, then ten minutes on {project}.',
  '{colleague} and {team} were at odds about {project} last week, so we meet in one place.',
  'Loose ends of {project}: an owner and a date for each.',
  'We look back at {project}, what went well and what {team} would do otherwise.',
  'Small round on {project}; the {artefact} is linked in the invitation.',
  'What {team} needs from us for {project}, and what we need from them.',
  'Who covers {project} while {colleague} is away, and where the {artefact} is kept.',
];

/** What is asked to be prepared. */
export const preparations = [
  'Please bring the {phrase}.',
  'The {phrase} has to be ready before we start.',
  'We begin with the {phrase}, so have it finished.',
  'You present the {phrase}.',
  'Everybody expects your {phrase}.',
  'Half of the time goes to the {phrase}.',
  'Send the {phrase} round the day before.',
  'Without the {phrase} we cannot decide, so please finish it.',
  'Come with the {phrase} and your view of it.',
];

/** Where nothing is to be prepared. */
export const closings = [
  'Nothing to bring.',
  'Notes will follow.',
  'Dial-in is in the invitation.',
  'Join for the part that concerns you.',
  'We stop early if we can.',
  'No slides, please.',
  'Ping {colleague} if you cannot make it.',
  'Questions to {colleague}.',
  'The room is booked for fifteen minutes longer.',
  '{colleague} takes notes.',
  'Coffee is there, cake is not.',
  'Camera on if you can.',
  'Moved from last week because {team} was travelling.',
  '',
  '',
];

/** Sentences that carry a phrase where the subject had no room. */
export const carriers = [
  'Main topic: {phrase}.',
  'It is about {phrase}.',
  'Reason for the invitation: {phrase}.',
  'Top of the list: {phrase}.',
];

/** A weaker phrase in passing: an edge case on purpose, which the rules must settle. */
export const asides = ['We sit next door to the {phrase}.', 'Ends in time for the {phrase}.'];
