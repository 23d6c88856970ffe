import type { RunStatus, StageStatus } from '../../run/inspect/status.ts';
import { duration } from './stage-line.ts';
import { sanitize } from './terminal.ts';

/** The status of a run for people: one line on the whole, one a stage, and what to do where it stands still. */
export function renderStatus(status: RunStatus): string {
  const lines = [
    headline(status),
    '',
    `${'stage'.padEnd(9)}${'state'.padEnd(10)}${'units'.padStart(15)}${'rows'.padStart(14)}${'time'.padStart(14)}`,
    ...status.stages.map(stageRow),
  ];
  if (status.quarantined > 0)
    lines.push('', `${status.quarantined} rows quarantined; quarantine/ names each with its reason`);
  if (status.error)
    lines.push('', `${status.error.code}: ${status.error.message.split('\n').map(sanitize).join('\n')}`);
  if (status.state !== 'running' && status.state !== 'finished')
    lines.push('', 'run the same command again; what is done is kept');
  return lines.join('\n');
}

function headline(status: RunStatus): string {
  const where = sanitize(status.run);
  const spent = duration(status.seconds);
  switch (status.state) {
    case 'running': {
      const left = status.remaining_seconds;
      const rest = left === null ? 'too early to say how long still' : `about ${duration(left)} still`;
      return `${where}: running for ${spent} as process ${status.process}, ${rest}`;
    }
    case 'finished':
      return `${where}: finished in ${spent}`;
    case 'failed':
      return `${where}: failed after ${spent}`;
    case 'interrupted':
      return `${where}: interrupted after ${spent}`;
    case 'killed':
      return `${where}: was killed after ${spent} (last sign ${status.last_event})`;
  }
}

function stageRow(stage: StageStatus): string {
  const isReached = stage.units > 0;
  const units = isReached ? `${stage.units_done}/${stage.units}` : '';
  const rows = stage.rows > 0 ? String(stage.rows) : '';
  const notes = [
    stage.units_reused > 0 ? `${stage.units_reused} reused` : '',
    stage.remaining_seconds !== null ? `${duration(stage.remaining_seconds)} to go` : '',
    stage.quarantined > 0 ? `${stage.quarantined} quarantined` : '',
    stage.state === 'done' && !isReached ? 'nothing to do' : '',
  ].filter((note) => note !== '');
  const time = isReached ? duration(stage.seconds) : '';
  return `${stage.stage.padEnd(9)}${stage.state.padEnd(10)}${units.padStart(15)}${rows.padStart(14)}${time.padStart(14)}${notes.length > 0 ? `  ${notes.join(', ')}` : ''}`.trimEnd();
}
