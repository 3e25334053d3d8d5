// The same as index.js, for `import`. There is one instance of everything, however it was loaded.
import usercom from './index.js';

export default usercom;
export const massUpdate = usercom.massUpdate;
export const massUpdateSync = usercom.massUpdateSync;
export const Client = usercom.Client;
export const Report = usercom.Report;
export const Check = usercom.Check;
export const Status = usercom.Status;
export const IdState = usercom.IdState;
export const CalendarDate = usercom.CalendarDate;
export const Float = usercom.Float;
export const Json = usercom.Json;
export const version = usercom.version;
export const UserComError = usercom.UserComError;
// generated: errors, by `make generate`; do not edit
export const PartialUpdate = usercom.PartialUpdate;
export const Cancelled = usercom.Cancelled;
export const DeadlineExceeded = usercom.DeadlineExceeded;
export const Mismatch = usercom.Mismatch;
export const InvalidArgument = usercom.InvalidArgument;
export const Unauthorized = usercom.Unauthorized;
export const RateLimited = usercom.RateLimited;
export const Rejected = usercom.Rejected;
export const ServerError = usercom.ServerError;
export const WrongEndpoint = usercom.WrongEndpoint;
export const RequestLimit = usercom.RequestLimit;
export const TooManyRejected = usercom.TooManyRejected;
export const TransportError = usercom.TransportError;
export const BadResponse = usercom.BadResponse;
export const TlsError = usercom.TlsError;
export const JournalError = usercom.JournalError;
export const Forked = usercom.Forked;
export const Busy = usercom.Busy;
export const InternalError = usercom.InternalError;
// end of errors
