/** Ends a command that has printed all there is to say of it: nothing more is, and the exit code tells of a failure. */
export class ReportedFailure extends Error {
  constructor() {
    super('The command has told what is wrong.');
    this.name = 'ReportedFailure';
  }
}
