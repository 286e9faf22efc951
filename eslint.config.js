// One rule set for everything: type-checked and strict. A rule is relaxed only where its reason stands beside it.
import eslint from '@eslint/js';
import prettier from 'eslint-config-prettier';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default defineConfig(
  globalIgnores(['build/', 'coverage/', '.dev/', '.cache/', 'node_modules/']),
  eslint.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      // Numbers print the same everywhere; wrapping each in String() adds nothing.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // A type alias and an interface read alike; what matters is that a name exists.
      '@typescript-eslint/consistent-type-definitions': 'off',
      'max-params': ['error', 4],
      'no-console': 'error',
      eqeqeq: 'error',
      'prefer-template': 'error',
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/config/load-config.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'env',
          message: 'src/config/load-config.ts is the only reader of the environment.',
        },
      ],
    },
  },
  {
    files: ['src/**/*.ts'],
    // Where a process's own clock is right, and why.
    ignores: [
      // Temporal gives a workflow the time of its own history.
      'src/workflows/record-manifest.ts',
      // A store wants the time in a signature; when it differs, the client follows the store's.
      'src/integrations/object-store/store-clock.ts',
      // Temporary credentials say when they expire as a time.
      'src/integrations/object-store/lean-client.ts',
      // A token ends by the clock of the API, which also signs it.
      'src/services/issue-token.ts',
      // gRPC wants a deadline as a time, and makes a duration of it at once.
      'src/integrations/temporal/connect.ts',
      // The doctor compares this machine's clock with others and says when they differ; it decides nothing.
      'src/doctor/check-{buckets,database,temporal}.ts',
      'src/integrations/temporal/inspect-task-queue.ts',
    ],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...[
          'MemberExpression[object.name="Date"][property.name="now"]',
          'NewExpression[callee.name="Date"][arguments.length=0]',
          'CallExpression[callee.name="Date"]',
        ].map((selector) => ({
          selector,
          message: "This process's clock may be wrong: use PostgreSQL's now(), or performance.now() for a duration.",
        })),
      ],
    },
  },
  {
    // The types of the configuration are those of its settings, each declared once.
    files: ['src/config/**/*.ts'],
    rules: { '@typescript-eslint/explicit-module-boundary-types': 'off' },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // mocha's describe and it return nothing worth awaiting; supertest and assert chains stay checked.
      '@typescript-eslint/no-unused-expressions': 'error',
    },
  },
  {
    files: ['**/*.js', '**/*.cjs', '**/*.mjs'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
  },
  {
    // Runs in the readers' browsers.
    files: ['assets/**/*.js'],
    languageOptions: { sourceType: 'script', globals: { document: 'readonly' } },
  },
  prettier,
);
