import * as usercom from './index.js';

export * from './index.js';
export default usercom;
