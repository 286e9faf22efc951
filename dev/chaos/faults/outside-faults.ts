import type { Mood } from '../outside/moody-server.js';
import type { Outsider } from '../outside/start-outside.js';
import type { Fault } from './fault.js';
import type { outsideFaults } from './fault-kinds.js';

const moods: Readonly<Record<(typeof outsideFaults)[number], readonly [who: Outsider, mood: Mood]>> = {
  'the cdn is down': ['cdn', 'down'],
  'the cdn is slow': ['cdn', 'slow'],
  'the cdn answers garbage': ['cdn', 'garbage'],
  'the receiver is down': ['receiver', 'down'],
  'the receiver is slow': ['receiver', 'slow'],
  'the receiver answers garbage': ['receiver', 'garbage'],
  'dasher is down': ['dasher', 'down'],
  'dasher is slow': ['dasher', 'slow'],
  'dasher answers garbage': ['dasher', 'garbage'],
  "the cdn's key expires": ['cdn', 'unauthorized'],
  'the credentials provider answers 500': ['credentials', 'failing'],
};

/** Tells a server outside to misbehave; at the end, that it is well. */
export function outsideFault(kind: (typeof outsideFaults)[number]): Fault {
  const [who, mood] = moods[kind];
  return ({ outside }) => {
    outside.servers[who].setMood(mood);
    return Promise.resolve({
      detail: mood,
      end: () => {
        outside.servers[who].setMood('well');
        return Promise.resolve();
      },
    });
  };
}
