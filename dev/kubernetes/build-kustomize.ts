import { goProgram } from './go-program.js';
import { kustomize } from './programs.js';

/* Builds kustomize for the tests of k8s/, and prints its path. */
try {
  process.stdout.write(`${await goProgram(kustomize)}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
