import stylistic from '@stylistic/eslint-plugin';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { houseRules } from './build-tools/house-rules.mjs';

export default defineConfig(
  { ignores: ['assets/', 'build/', 'coverage/', 'dist/', '**/cdk.out/', '**/node_modules/', '**/*.d.ts', 'bench/out/'] },
  tseslint.configs.recommended,
  stylistic.configs.customize({ semi: true, braceStyle: '1tbs', arrowParens: true, quoteProps: 'as-needed' }),
  {
    rules: {
      '@stylistic/max-len': ['error', { code: 150, ignoreUrls: true, ignoreRegExpLiterals: true }],
      '@stylistic/max-statements-per-line': 'off',
      '@stylistic/quotes': ['error', 'single', { avoidEscape: true, allowTemplateLiterals: 'avoidEscape' }],
      '@stylistic/multiline-ternary': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-console': 'error',
    },
  },
  { files: ['cli/**', 'demo/**', 'bench/**', 'build-tools/**', 'examples/**'], rules: { 'no-console': 'off' } },
  ...houseRules,
);
