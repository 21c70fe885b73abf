import * as ec2 from 'aws-cdk-lib/aws-ec2';

/**
 * Lets a client reach a port of a server. The rules stand in the client's stack, which depends on the server's for its address, and so
 * must not be depended on. A client that may open connections to everywhere gets no rule for it, of which the CDK would warn.
 */
export function connect(client: ec2.IConnectable, server: ec2.IConnectable, port: ec2.Port, description?: string): void {
  const groups = client.connections.securityGroups;
  if (groups.length === 0) server.connections.allowFrom(client, port, description); // addresses, which are in no stack
  for (const from of groups) {
    for (const to of server.connections.securityGroups) {
      to.addIngressRule(from, port, description, true);
      if (!from.allowAllOutbound) from.addEgressRule(to, port, description);
    }
  }
}
