/** Of the picture: dark on light, or light on dark, as who looks at it has it. */
export const STYLE = [
  'text{font-family:system-ui,sans-serif;font-size:12px;fill:#1b1f24}',
  '.title{font-size:18px;font-weight:600}',
  '.note{fill:#57606a}',
  '.label{font-size:11px;fill:#fff}',
  '.ground{fill:#fff}',
  '.tick{stroke:#d0d7de}',
  '.reused{fill:#1a7f4b}.ran{fill:#0b63c5}.failed{fill:#b42318}.cancelled{fill:#7a5b00}.skipped{fill:#6e7781}',
  '@media (prefers-color-scheme:dark){',
  'text{fill:#e6edf3}.note{fill:#9aa4af}.label{fill:#0d1117}.ground{fill:#0d1117}.tick{stroke:#30363d}',
  '.reused{fill:#57c78c}.ran{fill:#6cb0ff}.failed{fill:#ff8579}.cancelled{fill:#e0b84c}.skipped{fill:#9aa4af}',
  '}',
].join('');
