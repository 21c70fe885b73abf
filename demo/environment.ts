// Imported first. What the shell has set for the user's own AWS must not reach servers and clients of the demo.
for (const name of Object.keys(process.env)) if (/^(AWS|CACHE|CDK|LIVE|TASK)_/.test(name)) delete process.env[name];
process.env.CDK_VALIDATION = 'false'; // the engine loads for seconds; tests and cdk synth have it
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'; // the embedded server is set up by the SDK, which speaks of its own plans
