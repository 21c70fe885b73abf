import { App } from 'aws-cdk-lib';
import { MemoApiStack } from './memo-api-stack';

new MemoApiStack(new App(), 'MemoApi');
