/*
 * Imports run one way:
 *
 *   api -> services -> db -> domain          api, activities and cli are programs: the `main` of each wires the parts
 *   cli -> services, doctor                  integrations are seen by services only through services/ports.ts
 *   activities -> db, integrations -> domain
 *   workflows -> domain, and the types of activities; everybody else sees workflows/contract.ts alone
 */

/** They build the parts of a program and hand them to each other. */
const mains = '^src/(api|worker|cli)/main\\.ts$';

/** @type {(name: string, comment: string, from: object, to: object) => object} */
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

module.exports = {
  forbidden: [
    forbid('no-circular', 'A cycle has no order in which to read it, not even one of types.', {}, { circular: true }),
    forbid('resolvable', 'The imported file does not exist.', {}, { couldNotResolve: true }),
    forbid(
      'src-alone',
      'What is shipped needs nothing of what surrounds its making.',
      { path: '^src/' },
      { path: '^(scripts|dev|test|bench)/' },
    ),
    forbid(
      'src-runtime-dependencies',
      'What is shipped runs on `dependencies` alone.',
      { path: '^src/' },
      { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    ),
    forbid('not-to-test', 'Tests are nobody’s library.', { pathNot: '^test/' }, { path: '^test/' }),
    forbid(
      'domain-pure',
      'Decisions depend on nothing: not on Node, not on a package.',
      { path: '^src/domain/' },
      { pathNot: '^src/domain/' },
    ),
    forbid(
      'copy-engine-pure',
      'The engine sees the object store through its port, and nothing else.',
      { path: '^src/copy-engine/' },
      { pathNot: '^src/(copy-engine|domain)/|^src/integrations/object-store/object-store\\.ts$' },
    ),
    forbid(
      'workflows-sandboxed',
      'What a workflow imports runs in the sandbox and is replayed: decisions and the workflow API only.',
      { path: '^src/workflows/' },
      {
        pathNot: ['^src/(workflows|domain)/', '^node_modules/@temporalio/(workflow|common)/', '^src/activities/'],
      },
    ),
    forbid(
      'workflows-activity-types',
      'A workflow calls activities through Temporal; it imports their types.',
      { path: '^src/workflows/' },
      { path: '^src/activities/', dependencyTypesNot: ['type-only'] },
    ),
    forbid(
      'workflow-contract',
      'Names, ids and types of workflows are in their contract; implementations belong to the sandbox.',
      { path: '^src/', pathNot: '^src/workflows/' },
      { path: '^src/workflows/', pathNot: '^src/workflows/contract\\.ts$' },
    ),
    forbid(
      'db-below',
      'Queries know rows and rules, not who asks.',
      { path: '^src/db/' },
      {
        path: '^src/(api|services|activities|worker|cli|integrations|copy-engine)/',
        pathNot: '^src/copy-engine/(manifest|copied-etags)\\.ts$',
      },
    ),
    forbid(
      'db-implements-port',
      'The database keeps manifests and ETags for the engine, whose ports are types.',
      { path: '^src/db/' },
      { path: '^src/copy-engine/', dependencyTypesNot: ['type-only'] },
    ),
    forbid(
      'integrations-below',
      'A port and its adapters hold no business rules.',
      { path: '^src/integrations/' },
      { path: '^src/(api|activities|worker|cli|db)/' },
    ),
    forbid(
      'integrations-implement-ports',
      'An adapter may implement a port of the services, which is a type.',
      { path: '^src/integrations/' },
      { path: '^src/services/', dependencyTypesNot: ['type-only'] },
    ),
    forbid(
      'services-use-ports',
      'Use-cases name what they need from outside in ports.ts.',
      { path: '^src/services/', pathNot: '^src/services/ports\\.ts$' },
      { path: '^src/integrations/' },
    ),
    forbid(
      'services-below',
      'A use-case does not know which program runs it.',
      { path: '^src/services/' },
      { path: '^src/(api|activities|worker|cli|copy-engine)/' },
    ),
    forbid(
      'api-through-services',
      'A route calls a use-case; only the main wires integrations.',
      { path: '^src/api/', pathNot: mains },
      { path: '^src/(integrations|copy-engine)/' },
    ),
    forbid(
      'doctor-for-the-command-line',
      'It looks at everything from outside: nothing else relies on it.',
      { path: '^src/', pathNot: '^src/(cli|doctor)/' },
      { path: '^src/doctor/' },
    ),
    forbid(
      'doctor-apart',
      'It looks at what the programs work with, not at the programs.',
      { path: '^src/doctor/' },
      { path: '^src/(api|activities|worker|cli)/' },
    ),
    forbid(
      'doctor-without-use-cases',
      'What it needs of the services is in their ports.',
      { path: '^src/doctor/' },
      { path: '^src/services/', pathNot: '^src/services/ports\\.ts$' },
    ),
    forbid(
      'programs-apart',
      'API, worker and command line are programs of their own.',
      { path: '^src/(api|activities|cli)/' },
      { path: '^src/(api|activities|worker|cli)/', pathNot: '^src/$1/' },
    ),
    forbid(
      'worker-runs-activities',
      'The worker process runs activities; it takes nothing of the other programs.',
      { path: '^src/worker/' },
      { path: '^src/(api|cli|doctor)/' },
    ),
    forbid(
      'activities-without-api',
      'An activity serves the workflow, not a request; what both need from outside is in the ports.',
      { path: '^src/activities/' },
      { path: '^src/services/', pathNot: '^src/services/ports\\.ts$' },
    ),
    forbid(
      'cli-through-services',
      'The command line calls use-cases; only its main wires integrations.',
      { path: '^src/cli/', pathNot: mains },
      { path: '^src/(integrations|copy-engine)/' },
    ),
    forbid(
      'worker-sdk-in-worker',
      'The worker package installs signal handlers and native code: no other program loads it.',
      { path: '^src/(api|cli)/' },
      { path: '^node_modules/@temporalio/worker/', reachable: true },
    ),
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    // Sees `import type`, too.
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
