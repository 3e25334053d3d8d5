// The same package for CommonJS.
import usercom = require('usercom');

export const client = new usercom.Client('acme', 'token');
export const status: number = usercom.Status.OK;
