// The CDK validates every synthesized template by an engine that takes two to three seconds to load, per test file. One test asks for it.
process.env.CDK_VALIDATION = 'false';
