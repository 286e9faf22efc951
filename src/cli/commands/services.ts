import { Command } from 'commander';
import { LtdError } from '../../domain/errors.js';

/**
 * `ltd-keeper api` and `ltd-keeper worker`, for the help alone: they are programs of their own, which `bin/ltd-keeper.js`
 * starts without loading this one.
 */
export function serviceCommands(): readonly Command[] {
  return [
    service('api', 'serve the HTTP API until told to stop'),
    service('worker', 'carry out publications until told to stop'),
  ];
}

function service(name: string, description: string): Command {
  return new Command(name).description(description).action(() => {
    throw new LtdError('invalid', `The ${name} is a program of its own: run ltd-keeper ${name}`);
  });
}
