import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { listen } from './dynamodb-server';

export interface SentMessage {
  readonly QueueUrl: string;
  readonly MessageBody: string;
  readonly MessageAttributes?: Readonly<Record<string, { readonly StringValue: string }>>;
}

export interface ChangedVisibility {
  readonly QueueUrl: string;
  readonly ReceiptHandle: string;
  readonly VisibilityTimeout: number;
}

/** Queues, as far as our handlers use them: it keeps what it is sent, and delivers nothing. */
export interface QueueServer {
  readonly endpoint: string;
  /** URL of a queue; every name is one. */
  url(name: string): string;
  /** What was sent to a queue, oldest first. */
  sentTo(name: string): SentMessage[];
  readonly visibilities: ChangedVisibility[];
  /** Refuses everything. */
  refuse: boolean;
  /** Forgets what it was sent, and refuses nothing. */
  clear(): void;
  close(): void;
}

export async function startQueues(): Promise<QueueServer> {
  const sent: SentMessage[] = [];
  const visibilities: ChangedVisibility[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => { body += chunk; }).on('end', () => {
      response.setHeader('content-type', 'application/x-amz-json-1.0');
      if (queues.refuse) {
        response.writeHead(400).end('{"__type":"AccessDeniedException","message":"no"}');
      } else if (request.headers['x-amz-target'] === 'AmazonSQS.ChangeMessageVisibility') {
        visibilities.push(JSON.parse(body) as ChangedVisibility);
        response.end('{}');
      } else {
        const message = JSON.parse(body) as SentMessage;
        sent.push(message);
        response.end(JSON.stringify({ MessageId: '1', MD5OfMessageBody: createHash('md5').update(message.MessageBody).digest('hex') }));
      }
    });
  });
  const endpoint = await listen(server);
  const url = (name: string) => `${endpoint}/123456789012/${name}`;
  const queues: QueueServer = {
    endpoint, url, visibilities, refuse: false,
    sentTo: (name) => sent.filter(({ QueueUrl }) => QueueUrl === url(name)),
    clear() {
      sent.length = 0;
      visibilities.length = 0;
      queues.refuse = false;
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return queues;
}
