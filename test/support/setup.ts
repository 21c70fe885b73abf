// The CDK validates every synthesized template by an engine that takes two to three seconds to load, per test file. One test asks for it.
process.env.CDK_VALIDATION = 'false';
// Clients of the SDK say on Node 20 that releases after January 2027 will not run on it: ten lines for each.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
