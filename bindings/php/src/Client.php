<?php

declare(strict_types=1);

namespace UserCom;

use UserCom\Internal\Account;
use UserCom\Internal\IdList;
use UserCom\Internal\Options;
use UserCom\Internal\Rows;

/**
 * One User.com account. Keeps connections and the rate limit from run to run; only the native library holds the token.
 *
 * Every run blocks until each id is confirmed or rejected, or until there is a reason to stop. A completed run returns
 * a {@see Report}, also if some ids were rejected; one that stopped early throws an {@see Error} with the report. Do
 * not use a client in the child of a pcntl_fork(): make another one there.
 */
final class Client
{
    private Account $account;

    /**
     * @param string $subdomain the `acme` of `https://acme.user.com`
     * @param string|false|null $token the 64-character REST API key; false, which getenv() returns for a variable that
     *     does not exist, and null are invalid and explained
     * <!-- generated: documentation of client options -->
     * @param string|null $baseUrl Another address for the service: scheme, host and port only. Plain http is
     *     accepted for loopback addresses only. One-shot calls and the usercom command also read a loopback address
     *     from USERCOM_BASE_URL; a client that you make does not. Default: https://SUBDOMAIN.user.com.
     * @param string|null $method The HTTP method. The vendor's page says PUT, its code samples send POST. The
     *     library never changes from one to the other on its own. Range: PUT or POST. Default: PUT.
     * @param int|null $apiVersion The version of the API to ask for in the Accept header. Range: 0 to
     *     4,294,967,295. Default: none (0).
     * @param float|null $requestTimeout Maximum wait for the first byte of a response. The other phases of a
     *     request have fixed limits: 10 s to connect, 30 s to send, 30 s for the rest of the response. In seconds.
     *     Range: 1 ms to 1 h. Default: 60 s.
     * @param int|null $batchSize Maximum number of ids per request. A request body is never larger than 256 KiB.
     *     Range: 1 to 10,000 ids. Default: 1,000 ids.
     * @param int|null $workers Maximum number of requests in flight at once. Threads start only when they are
     *     needed and end with the run. Range: 1 to 32 workers. Default: 8 workers.
     * @param float|null $rateLimit Maximum number of requests per unit of time, evenly spaced. All clients and
     *     threads of the process that use the same host and token share it. A wait that the service asks for is obeyed
     *     in any case; one longer than the stall timeout ends the run with {@see Error\RateLimited} after a 429, else
     *     with {@see Error\ServerError}. Range: 0.1 to 1,000 requests per second; 0 is no limit. Default: 5 requests
     *     per second.
     * @param string $rateLimitScope Who shares the rate limit and the waits that the service asks for: with
     *     process this process, with host all processes of this user on this machine that use the same host and token.
     *     They share a small file. If it can't be used, a note in the report says why, and the process keeps the rate
     *     limit alone. Range: process or host. Default: host.
     * @param string|null $rateLimitDir The directory of the shared file when the rate limit scope is host. It must
     *     belong to this user alone, mode 0700; it is created if its parent exists. Default: /run/user/UID/usercom if
     *     /run/user/UID exists, else /tmp/usercom-UID.
     * @param int|null $maxAttempts Maximum number of attempts per batch. Failures while the whole service is down
     *     are not counted. Batches that have used up their attempts get the same number once more at the end of the
     *     run. Range: 1 to 20 attempts. Default: 8 attempts.
     * @param string|null $proxy The proxy for https requests: http://[user:password@]host:port. An empty string
     *     connects directly. Default: https_proxy or HTTPS_PROXY, except for the hosts in no_proxy or NO_PROXY.
     * @param string|null $caFile A PEM file with the certificates to trust instead of this machine's. It is read
     *     when the option is set. Default: the certificates of this machine.
     * <!-- end of documentation of client options -->
     * @param callable|null $log `fn (int $level, string $message)`, called during runs; levels: 1 error, 2 warning,
     *     3 info, 4 debug, 5 trace. What it throws stops the run and is thrown again; exit() cancels it first
     * @param int $logLevel the highest level that is logged
     *
     * @throws Error\InvalidArgument if an argument is invalid; the message names it
     * @throws Error\TlsError if this machine has no trusted certificates
     * @throws Error\LibraryUnavailable if FFI is off or the native library is missing
     */
    public function __construct(
        string $subdomain,
        #[\SensitiveParameter] string|false|null $token,
        // generated: client options
        ?string $baseUrl = null,
        ?string $method = null,
        ?int $apiVersion = null,
        ?float $requestTimeout = null,
        ?int $batchSize = null,
        ?int $workers = null,
        ?float $rateLimit = null,
        string $rateLimitScope = 'host',
        ?string $rateLimitDir = null,
        ?int $maxAttempts = null,
        #[\SensitiveParameter] ?string $proxy = null,
        ?string $caFile = null,
        // end of client options
        ?callable $log = null,
        int $logLevel = 3,
    ) {
        $options = \compact(\array_keys(Options::CLIENT));
        $this->account = Account::open($subdomain, $token, $options, $log === null ? null : $log(...), $logLevel);
    }

    /**
     * The client with all defaults that {@see massUpdate()} uses: a process makes one for each subdomain and token.
     * As with every client here, all processes of this user on this machine share its rate limit.
     *
     * @throws Error\InvalidArgument|Error\TlsError|Error\LibraryUnavailable as the constructor
     */
    public static function shared(string $subdomain, #[\SensitiveParameter] string|false|null $token): self
    {
        $client = (new \ReflectionClass(self::class))->newInstanceWithoutConstructor();
        $client->account = Account::shared($subdomain, $token);

        return $client;
    }

    /**
     * Sets one attribute of these users to one value.
     *
     * @param iterable<int, int|numeric-string> $ids User.com's own ids, above 0: integers, or text of digits as a
     *     database or a CSV file gives it, such as a PDO statement with PDO::FETCH_COLUMN. Keys that are numbers are
     *     positions; a key of text is invalid
     * @param string $attribute the attribute's name, 1 to 255 characters
     * @param mixed $value bool, int, float, string; {@see Date}; a DateTimeInterface, sent in UTC; a list of strings
     *     for several choices; other arrays, stdClass, backed enums and JsonSerializable as JSON, where an array is an
     *     object only if it has a key of text; {@see Json} for raw text; null with `allowNull` only. Text is never
     *     made a number: "7" stays text
     * @param (callable(Progress): mixed)|null $progress called about ten times a second, also while the run waits;
     *     `return false` cancels the run. What it throws stops the run and is thrown again, and then there is no
     *     report; exit() cancels it first
     * <!-- generated: documentation of run options -->
     * @param float|null $deadline Maximum duration of the whole call, waits and retries included. Requests in
     *     flight then get up to 5 s more. Looking up a host name, for which the system sets the limit, and connecting,
     *     up to 10 s, can't be interrupted. The run ends with {@see Error\DeadlineExceeded}. In seconds. Default: no
     *     limit.
     * @param float|null $stallTimeout The run stops early after this long without progress: no batch was confirmed
     *     or rejected. The status is that of the last error: {@see Error\TransportError}, {@see Error\ServerError},
     *     {@see Error\BadResponse}, {@see Error\RateLimited} or {@see Error\Unauthorized}. Requests in flight are
     *     waited for, each within its own limits. A value below the time of 21 requests at the configured rate is
     *     raised to that time, 4.2 s at 5 per second. In seconds. Range: 1 s to 24 h. Default: 120 s.
     * @param int|null $maxRequests Maximum number of requests of the run. A run that reaches it stops early with
     *     {@see Error\RequestLimit}. The message says about how many ids are bad and what the rest would take. Range:
     *     1 and more requests. Default: what finding 5 % of bad ids takes: 38 for 100 ids and 4 per batch, at least
     *     1,000.
     * @param int|null $maxRejected The run stops early with {@see Error\TooManyRejected} as soon as more ids than
     *     this are rejected. Use it where many bad ids mean that the list is wrong. Up to workers requests are in
     *     flight then: their ids count, too. Range: 0 to 4,294,967,295. Default: no limit (0).
     * @param string|null $journalDir Keeps a journal in this directory: repeating the identical call after a
     *     crash, a full disk or a cancel resumes the run. The journal is removed when every id is confirmed or
     *     rejected. The directory is created if it does not exist. While another process or thread runs the identical
     *     job, the run ends with {@see Error\Busy}; if the journal can't be used, with {@see Error\JournalError}.
     *     Default: no journal.
     * @param float|null $journalMaxAge Maximum age of an unfinished journal. An older one is renamed and the run
     *     starts from the beginning, because another run may have written newer values since. In seconds. Range: 1 s
     *     to 30 days. Default: 12 h.
     * @param bool $standardAttributes The attribute is one that every profile has, such as first_name, and not a
     *     custom one. Default: off.
     * @param bool $allowNull Allows the value null. The vendor does not document what null does. Default: off.
     * @param bool $dryRun Checks the arguments and reports the requests, bytes and seconds of the run, but sends
     *     nothing. The run ends with {@see Status::DRY_RUN}. Default: off.
     * @param bool $preflight Before the first request, looks up the attribute's type and compares the values with
     *     it. A value that can't be right ends the call with {@see Error\InvalidArgument}: a text that can't be read
     *     as the attribute's type, or a value that is not one of a fixed attribute's choices. Doubts are notes in the
     *     report. It costs one request, of a fixed attribute one more for each 100 attributes, and at most 5 s. A key
     *     that can't read costs a note. Standard attributes are not looked up. Default: off.
     * @param int|null $verify How many confirmed ids to read back after a completed run, spread evenly. Each is
     *     compared with the value that was sent, as the attribute's type means it. One that differs is read again for
     *     30 s before it counts as a mismatch, since the service may apply values later. The report has the numbers
     *     and the first mismatches; states and status don't change. A key that can't read costs a note. 0 is none.
     *     Range: 0 to 1,000. Default: 0 ids.
     * @param bool $verifyStrict A completed run in which verify finds a mismatch ends with {@see
     *     Status::MISMATCH}. Default: off.
     * <!-- end of documentation of run options -->
     * @param Cancel|null $cancel stops the run from elsewhere
     *
     * @return Report of a completed run
     *
     * @throws Error\InvalidArgument if an argument is invalid; nothing was sent
     * @throws Error if the run stopped early; the class says why, `->report` what became of each id
     */
    public function massUpdate(
        iterable $ids,
        string $attribute,
        mixed $value,
        ?callable $progress = null,
        // generated: run options
        ?float $deadline = null,
        ?float $stallTimeout = null,
        ?int $maxRequests = null,
        ?int $maxRejected = null,
        ?string $journalDir = null,
        ?float $journalMaxAge = null,
        bool $standardAttributes = false,
        bool $allowNull = false,
        bool $dryRun = false,
        bool $preflight = false,
        ?int $verify = null,
        bool $verifyStrict = false,
        // end of run options
        ?Cancel $cancel = null,
    ): Report {
        return $this->account->run(\compact(\array_keys(Options::RUN)), $progress, $cancel)
            ->update('mass_update', IdList::numeric($ids), $attribute, $value);
    }

    /**
     * The same for users that are known by your own ids.
     *
     * @param iterable<int, string|int> $customIds each 1 to 1,024 bytes of UTF-8, sent as they are; an integer is
     *     taken as its digits. Keys that are numbers are positions; a key of text is invalid
     * <!-- generated: documentation of run options -->
     * @param float|null $deadline Maximum duration of the whole call, waits and retries included. Requests in
     *     flight then get up to 5 s more. Looking up a host name, for which the system sets the limit, and connecting,
     *     up to 10 s, can't be interrupted. The run ends with {@see Error\DeadlineExceeded}. In seconds. Default: no
     *     limit.
     * @param float|null $stallTimeout The run stops early after this long without progress: no batch was confirmed
     *     or rejected. The status is that of the last error: {@see Error\TransportError}, {@see Error\ServerError},
     *     {@see Error\BadResponse}, {@see Error\RateLimited} or {@see Error\Unauthorized}. Requests in flight are
     *     waited for, each within its own limits. A value below the time of 21 requests at the configured rate is
     *     raised to that time, 4.2 s at 5 per second. In seconds. Range: 1 s to 24 h. Default: 120 s.
     * @param int|null $maxRequests Maximum number of requests of the run. A run that reaches it stops early with
     *     {@see Error\RequestLimit}. The message says about how many ids are bad and what the rest would take. Range:
     *     1 and more requests. Default: what finding 5 % of bad ids takes: 38 for 100 ids and 4 per batch, at least
     *     1,000.
     * @param int|null $maxRejected The run stops early with {@see Error\TooManyRejected} as soon as more ids than
     *     this are rejected. Use it where many bad ids mean that the list is wrong. Up to workers requests are in
     *     flight then: their ids count, too. Range: 0 to 4,294,967,295. Default: no limit (0).
     * @param string|null $journalDir Keeps a journal in this directory: repeating the identical call after a
     *     crash, a full disk or a cancel resumes the run. The journal is removed when every id is confirmed or
     *     rejected. The directory is created if it does not exist. While another process or thread runs the identical
     *     job, the run ends with {@see Error\Busy}; if the journal can't be used, with {@see Error\JournalError}.
     *     Default: no journal.
     * @param float|null $journalMaxAge Maximum age of an unfinished journal. An older one is renamed and the run
     *     starts from the beginning, because another run may have written newer values since. In seconds. Range: 1 s
     *     to 30 days. Default: 12 h.
     * @param bool $standardAttributes The attribute is one that every profile has, such as first_name, and not a
     *     custom one. Default: off.
     * @param bool $allowNull Allows the value null. The vendor does not document what null does. Default: off.
     * @param bool $dryRun Checks the arguments and reports the requests, bytes and seconds of the run, but sends
     *     nothing. The run ends with {@see Status::DRY_RUN}. Default: off.
     * @param bool $preflight Before the first request, looks up the attribute's type and compares the values with
     *     it. A value that can't be right ends the call with {@see Error\InvalidArgument}: a text that can't be read
     *     as the attribute's type, or a value that is not one of a fixed attribute's choices. Doubts are notes in the
     *     report. It costs one request, of a fixed attribute one more for each 100 attributes, and at most 5 s. A key
     *     that can't read costs a note. Standard attributes are not looked up. Default: off.
     * @param int|null $verify How many confirmed ids to read back after a completed run, spread evenly. Each is
     *     compared with the value that was sent, as the attribute's type means it. One that differs is read again for
     *     30 s before it counts as a mismatch, since the service may apply values later. The report has the numbers
     *     and the first mismatches; states and status don't change. A key that can't read costs a note. 0 is none.
     *     Range: 0 to 1,000. Default: 0 ids.
     * @param bool $verifyStrict A completed run in which verify finds a mismatch ends with {@see
     *     Status::MISMATCH}. Default: off.
     * <!-- end of documentation of run options -->
     *
     * @see Client::massUpdate() for the other arguments, the result and the errors
     */
    public function massUpdateCustomIds(
        iterable $customIds,
        string $attribute,
        mixed $value,
        ?callable $progress = null,
        // generated: run options
        ?float $deadline = null,
        ?float $stallTimeout = null,
        ?int $maxRequests = null,
        ?int $maxRejected = null,
        ?string $journalDir = null,
        ?float $journalMaxAge = null,
        bool $standardAttributes = false,
        bool $allowNull = false,
        bool $dryRun = false,
        bool $preflight = false,
        ?int $verify = null,
        bool $verifyStrict = false,
        // end of run options
        ?Cancel $cancel = null,
    ): Report {
        return $this->account->run(\compact(\array_keys(Options::RUN)), $progress, $cancel)
            ->update('mass_update_custom_ids', IdList::custom($customIds), $attribute, $value);
    }

    /**
     * Sets one attribute to a value for each user. Ids with the same value share requests; the last value of an id
     * wins, its earlier positions are not attempted. At most 50,000 distinct values.
     *
     * @param iterable<int, array{int|numeric-string, mixed}>|array<int, mixed> $rows [id, value] pairs (a list, a
     *     generator, PDO::FETCH_NUM), or an array of id => value (PDO::FETCH_KEY_PAIR)
     * <!-- generated: documentation of run options -->
     * @param float|null $deadline Maximum duration of the whole call, waits and retries included. Requests in
     *     flight then get up to 5 s more. Looking up a host name, for which the system sets the limit, and connecting,
     *     up to 10 s, can't be interrupted. The run ends with {@see Error\DeadlineExceeded}. In seconds. Default: no
     *     limit.
     * @param float|null $stallTimeout The run stops early after this long without progress: no batch was confirmed
     *     or rejected. The status is that of the last error: {@see Error\TransportError}, {@see Error\ServerError},
     *     {@see Error\BadResponse}, {@see Error\RateLimited} or {@see Error\Unauthorized}. Requests in flight are
     *     waited for, each within its own limits. A value below the time of 21 requests at the configured rate is
     *     raised to that time, 4.2 s at 5 per second. In seconds. Range: 1 s to 24 h. Default: 120 s.
     * @param int|null $maxRequests Maximum number of requests of the run. A run that reaches it stops early with
     *     {@see Error\RequestLimit}. The message says about how many ids are bad and what the rest would take. Range:
     *     1 and more requests. Default: what finding 5 % of bad ids takes: 38 for 100 ids and 4 per batch, at least
     *     1,000.
     * @param int|null $maxRejected The run stops early with {@see Error\TooManyRejected} as soon as more ids than
     *     this are rejected. Use it where many bad ids mean that the list is wrong. Up to workers requests are in
     *     flight then: their ids count, too. Range: 0 to 4,294,967,295. Default: no limit (0).
     * @param string|null $journalDir Keeps a journal in this directory: repeating the identical call after a
     *     crash, a full disk or a cancel resumes the run. The journal is removed when every id is confirmed or
     *     rejected. The directory is created if it does not exist. While another process or thread runs the identical
     *     job, the run ends with {@see Error\Busy}; if the journal can't be used, with {@see Error\JournalError}.
     *     Default: no journal.
     * @param float|null $journalMaxAge Maximum age of an unfinished journal. An older one is renamed and the run
     *     starts from the beginning, because another run may have written newer values since. In seconds. Range: 1 s
     *     to 30 days. Default: 12 h.
     * @param bool $standardAttributes The attribute is one that every profile has, such as first_name, and not a
     *     custom one. Default: off.
     * @param bool $allowNull Allows the value null. The vendor does not document what null does. Default: off.
     * @param bool $dryRun Checks the arguments and reports the requests, bytes and seconds of the run, but sends
     *     nothing. The run ends with {@see Status::DRY_RUN}. Default: off.
     * @param bool $preflight Before the first request, looks up the attribute's type and compares the values with
     *     it. A value that can't be right ends the call with {@see Error\InvalidArgument}: a text that can't be read
     *     as the attribute's type, or a value that is not one of a fixed attribute's choices. Doubts are notes in the
     *     report. It costs one request, of a fixed attribute one more for each 100 attributes, and at most 5 s. A key
     *     that can't read costs a note. Standard attributes are not looked up. Default: off.
     * @param int|null $verify How many confirmed ids to read back after a completed run, spread evenly. Each is
     *     compared with the value that was sent, as the attribute's type means it. One that differs is read again for
     *     30 s before it counts as a mismatch, since the service may apply values later. The report has the numbers
     *     and the first mismatches; states and status don't change. A key that can't read costs a note. 0 is none.
     *     Range: 0 to 1,000. Default: 0 ids.
     * @param bool $verifyStrict A completed run in which verify finds a mismatch ends with {@see
     *     Status::MISMATCH}. Default: off.
     * <!-- end of documentation of run options -->
     *
     * @see Client::massUpdate() for the other arguments, the result and the errors
     */
    public function massUpdateRows(
        iterable $rows,
        string $attribute,
        ?callable $progress = null,
        // generated: run options
        ?float $deadline = null,
        ?float $stallTimeout = null,
        ?int $maxRequests = null,
        ?int $maxRejected = null,
        ?string $journalDir = null,
        ?float $journalMaxAge = null,
        bool $standardAttributes = false,
        bool $allowNull = false,
        bool $dryRun = false,
        bool $preflight = false,
        ?int $verify = null,
        bool $verifyStrict = false,
        // end of run options
        ?Cancel $cancel = null,
    ): Report {
        return $this->account->run(\compact(\array_keys(Options::RUN)), $progress, $cancel)
            ->updateRows('mass_update_rows', new Rows($rows, customIds: false), $attribute);
    }

    /**
     * The same for users that are known by your own ids.
     *
     * @param iterable<int, array{string|int, mixed}>|array<string|int, mixed> $rows [id, value] pairs (a list, a
     *     generator, PDO::FETCH_NUM), or an array of id => value (PDO::FETCH_KEY_PAIR)
     * <!-- generated: documentation of run options -->
     * @param float|null $deadline Maximum duration of the whole call, waits and retries included. Requests in
     *     flight then get up to 5 s more. Looking up a host name, for which the system sets the limit, and connecting,
     *     up to 10 s, can't be interrupted. The run ends with {@see Error\DeadlineExceeded}. In seconds. Default: no
     *     limit.
     * @param float|null $stallTimeout The run stops early after this long without progress: no batch was confirmed
     *     or rejected. The status is that of the last error: {@see Error\TransportError}, {@see Error\ServerError},
     *     {@see Error\BadResponse}, {@see Error\RateLimited} or {@see Error\Unauthorized}. Requests in flight are
     *     waited for, each within its own limits. A value below the time of 21 requests at the configured rate is
     *     raised to that time, 4.2 s at 5 per second. In seconds. Range: 1 s to 24 h. Default: 120 s.
     * @param int|null $maxRequests Maximum number of requests of the run. A run that reaches it stops early with
     *     {@see Error\RequestLimit}. The message says about how many ids are bad and what the rest would take. Range:
     *     1 and more requests. Default: what finding 5 % of bad ids takes: 38 for 100 ids and 4 per batch, at least
     *     1,000.
     * @param int|null $maxRejected The run stops early with {@see Error\TooManyRejected} as soon as more ids than
     *     this are rejected. Use it where many bad ids mean that the list is wrong. Up to workers requests are in
     *     flight then: their ids count, too. Range: 0 to 4,294,967,295. Default: no limit (0).
     * @param string|null $journalDir Keeps a journal in this directory: repeating the identical call after a
     *     crash, a full disk or a cancel resumes the run. The journal is removed when every id is confirmed or
     *     rejected. The directory is created if it does not exist. While another process or thread runs the identical
     *     job, the run ends with {@see Error\Busy}; if the journal can't be used, with {@see Error\JournalError}.
     *     Default: no journal.
     * @param float|null $journalMaxAge Maximum age of an unfinished journal. An older one is renamed and the run
     *     starts from the beginning, because another run may have written newer values since. In seconds. Range: 1 s
     *     to 30 days. Default: 12 h.
     * @param bool $standardAttributes The attribute is one that every profile has, such as first_name, and not a
     *     custom one. Default: off.
     * @param bool $allowNull Allows the value null. The vendor does not document what null does. Default: off.
     * @param bool $dryRun Checks the arguments and reports the requests, bytes and seconds of the run, but sends
     *     nothing. The run ends with {@see Status::DRY_RUN}. Default: off.
     * @param bool $preflight Before the first request, looks up the attribute's type and compares the values with
     *     it. A value that can't be right ends the call with {@see Error\InvalidArgument}: a text that can't be read
     *     as the attribute's type, or a value that is not one of a fixed attribute's choices. Doubts are notes in the
     *     report. It costs one request, of a fixed attribute one more for each 100 attributes, and at most 5 s. A key
     *     that can't read costs a note. Standard attributes are not looked up. Default: off.
     * @param int|null $verify How many confirmed ids to read back after a completed run, spread evenly. Each is
     *     compared with the value that was sent, as the attribute's type means it. One that differs is read again for
     *     30 s before it counts as a mismatch, since the service may apply values later. The report has the numbers
     *     and the first mismatches; states and status don't change. A key that can't read costs a note. 0 is none.
     *     Range: 0 to 1,000. Default: 0 ids.
     * @param bool $verifyStrict A completed run in which verify finds a mismatch ends with {@see
     *     Status::MISMATCH}. Default: off.
     * <!-- end of documentation of run options -->
     *
     * @see Client::massUpdate() for the other arguments, the result and the errors
     */
    public function massUpdateRowsCustomIds(
        iterable $rows,
        string $attribute,
        ?callable $progress = null,
        // generated: run options
        ?float $deadline = null,
        ?float $stallTimeout = null,
        ?int $maxRequests = null,
        ?int $maxRejected = null,
        ?string $journalDir = null,
        ?float $journalMaxAge = null,
        bool $standardAttributes = false,
        bool $allowNull = false,
        bool $dryRun = false,
        bool $preflight = false,
        ?int $verify = null,
        bool $verifyStrict = false,
        // end of run options
        ?Cancel $cancel = null,
    ): Report {
        return $this->account->run(\compact(\array_keys(Options::RUN)), $progress, $cancel)
            ->updateRows('mass_update_rows_custom_ids', new Rows($rows, customIds: true), $attribute);
    }

    /**
     * Looks at everything that an update needs, in order: name, connection, certificate, clock, token, what the key may
     * do; with an attribute also whether it exists and whether the values fit its type. Only reads. What does not work
     * is a line of the result: look at {@see Check::$passed}, or print it.
     *
     * @param mixed ...$values as for {@see Client::massUpdate()}
     *
     * @throws Error\InvalidArgument if an argument is invalid
     */
    public function check(?string $attribute = null, mixed ...$values): Check
    {
        return $this->account->check($attribute, \array_values($values));
    }

    /**
     * All users of the workspace, page by page: `foreach ($client->users(['plan']) as $user)`. Nothing is sent before
     * the first one is taken.
     *
     * @param list<string> $attributes the attributes to give of each user, custom or standard ones; all custom ones if
     *     there are none
     * @param string|null $cursor continues where another reading stopped: {@see Users::cursor()}
     * @param Cancel|null $cancel ends a wait, from a signal handler
     *
     * @throws Error\InvalidArgument if an argument is invalid
     */
    public function users(array $attributes = [], ?string $cursor = null, ?Cancel $cancel = null): Users
    {
        return $this->account->users($attributes, $cursor, $cancel);
    }

    private function __clone()
    {
    }
}
