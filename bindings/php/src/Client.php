<?php

declare(strict_types=1);

namespace UserCom;

use UserCom\Internal\Account;
use UserCom\Internal\ClientOptions;
use UserCom\Internal\IdList;
use UserCom\Internal\Rows;
use UserCom\Internal\RunOptions;

/**
 * One User.com account. Keeps connections and pace from run to run; the token is kept by the native library only.
 *
 * Every run blocks until each id is settled or there is a reason to stop. One that came to its end gives a
 * {@see Report}, also when some ids were rejected; one that stopped throws an {@see Error} with the report. Not to be
 * used after pcntl_fork() in the child: make another one there.
 */
final class Client
{
    private Account $account;

    /**
     * @param string $subdomain the `acme` of `https://acme.user.com`
     * @param string $token the 64-character REST API key
     * @param string|null $baseUrl another address: scheme, host and port; `http` for loopback addresses only
     * @param string|null $method "PUT" (default) or "POST"; there is never a silent change from one to the other
     * @param int|null $apiVersion version of the API to ask for; 0 or null: none
     * @param float|null $requestTimeout seconds until the first byte of an answer, 0.001 to 3600; default 60
     * @param int|null $batchSize ids per request, 1 to 10,000; default 1,000
     * @param int|null $workers most requests under way at once, 1 to 32; default 8
     * @param float|null $rateLimit requests per second, 0.1 to 1000, or 0 for no limit; default 5. Everything in
     *     this process that uses the same address and token shares the pace
     * @param int|null $maxAttempts how often a batch is tried while others succeed, 1 to 20; default 8
     * @param string|null $proxy `http://[user:password@]host:port`; "": none; null: HTTPS_PROXY and NO_PROXY of the
     *     environment
     * @param string|null $caFile PEM file with the certificates to trust instead of this machine's
     * @param callable|null $log `fn (int $level, string $message)`, called during runs; levels: 1 error, 2 warning,
     *     3 info, 4 debug, 5 trace. What it throws stops the run and is thrown again. It must not exit()
     * @param int $logLevel the highest level that is logged
     *
     * @throws Error\InvalidArgument when an argument is refused; the message names it
     * @throws Error\TlsError when this machine has no trusted certificates
     * @throws Error\LibraryUnavailable when FFI is off or the native library is missing
     */
    public function __construct(
        string $subdomain,
        #[\SensitiveParameter] string $token,
        ?string $baseUrl = null,
        ?string $method = null,
        ?int $apiVersion = null,
        ?float $requestTimeout = null,
        ?int $batchSize = null,
        ?int $workers = null,
        ?float $rateLimit = null,
        ?int $maxAttempts = null,
        #[\SensitiveParameter] ?string $proxy = null,
        ?string $caFile = null,
        ?callable $log = null,
        int $logLevel = 3,
    ) {
        $options = new ClientOptions(
            $baseUrl,
            $method,
            $apiVersion,
            $requestTimeout,
            $batchSize,
            $workers,
            $rateLimit,
            $maxAttempts,
            $proxy,
            $caFile,
        );
        $this->account = Account::open($subdomain, $token, $options, $log === null ? null : $log(...), $logLevel);
    }

    /**
     * The client with all defaults that {@see massUpdate()} uses: it is made once in a process for a subdomain and
     * token.
     *
     * @throws Error\InvalidArgument|Error\TlsError|Error\LibraryUnavailable as the constructor
     */
    public static function shared(string $subdomain, #[\SensitiveParameter] string $token): self
    {
        $client = (new \ReflectionClass(self::class))->newInstanceWithoutConstructor();
        $client->account = Account::shared($subdomain, $token);

        return $client;
    }

    /**
     * Sets one attribute of these users to one value.
     *
     * @param iterable<int|numeric-string> $ids User.com's own ids, above 0: integers, or text of digits as a database
     *     or a CSV file gives it
     * @param string $attribute the attribute's name, 1 to 255 characters
     * @param mixed $value bool, int, float, string; {@see Date}; a DateTimeInterface, sent in UTC; a list of strings
     *     for several choices; other arrays and JsonSerializable as JSON; {@see Json} for raw text; null with
     *     `allowNull` only. Text is never made a number: "7" stays text
     * @param (callable(Progress): mixed)|null $progress called about four times a second; `return false` cancels the
     *     run. What it throws stops the run and is thrown again, and then there is no report. It must not exit()
     * @param float|null $deadline seconds that the whole call may take, waits included; default: no limit
     * @param float|null $patience the run stops when for so many seconds no batch was confirmed or refused, 1 to
     *     86400; default 120; never less than 21 requests take at the pace, 4.2 s at 5 a second
     * @param int|null $maxRequests most requests of the run; default: twenty times what the job needs when all goes
     *     well, at least 1,000
     * @param string|null $journalDir directory of a journal: the very same call, made again after a crash or a cancel,
     *     goes on where this one stopped. A finished run removes its journal. Default: no journal
     * @param float|null $journalMaxAge seconds that an unfinished journal may be old to be gone on with, 1 to
     *     2,592,000 (30 days); default 43,200 (12 h), because another run may have written newer values since
     * @param bool $standardAttributes the attribute is one that every profile has, such as `first_name`
     * @param bool $allowNull null may be sent, about which the vendor documents nothing
     * @param bool $dryRun everything but the network
     * @param Cancel|null $cancel stops the run from elsewhere
     *
     * @return Report of a run that came to its end
     *
     * @throws Error\InvalidArgument when an argument was refused; nothing was sent
     * @throws Error when the run stopped; the class says why, `->report` what became of each id
     */
    public function massUpdate(
        iterable $ids,
        string $attribute,
        mixed $value,
        ?callable $progress = null,
        ?float $deadline = null,
        ?float $patience = null,
        ?int $maxRequests = null,
        ?string $journalDir = null,
        ?float $journalMaxAge = null,
        bool $standardAttributes = false,
        bool $allowNull = false,
        bool $dryRun = false,
        ?Cancel $cancel = null,
    ): Report {
        $options = new RunOptions(
            $this->account->log,
            $progress,
            $deadline,
            $patience,
            $maxRequests,
            $journalDir,
            $journalMaxAge,
            $standardAttributes,
            $allowNull,
            $dryRun,
            $cancel,
        );

        return $this->account->update('mass_update', IdList::numeric($ids), $attribute, $value, $options);
    }

    /**
     * The same for users that are known by your own ids.
     *
     * @param iterable<string|int> $customIds each 1 to 1,024 bytes of UTF-8; an integer is taken as its digits
     *
     * @see Client::massUpdate() for the other arguments, the result and the errors
     */
    public function massUpdateCustomIds(
        iterable $customIds,
        string $attribute,
        mixed $value,
        ?callable $progress = null,
        ?float $deadline = null,
        ?float $patience = null,
        ?int $maxRequests = null,
        ?string $journalDir = null,
        ?float $journalMaxAge = null,
        bool $standardAttributes = false,
        bool $allowNull = false,
        bool $dryRun = false,
        ?Cancel $cancel = null,
    ): Report {
        $options = new RunOptions(
            $this->account->log,
            $progress,
            $deadline,
            $patience,
            $maxRequests,
            $journalDir,
            $journalMaxAge,
            $standardAttributes,
            $allowNull,
            $dryRun,
            $cancel,
        );

        $ids = IdList::custom($customIds);

        return $this->account->update('mass_update_custom_ids', $ids, $attribute, $value, $options);
    }

    /**
     * Sets one attribute to a value for each user. Ids with the same value share requests; the last value of an id
     * wins, its earlier positions are not attempted. At most 50,000 distinct values.
     *
     * @param iterable<array{int|numeric-string, mixed}>|array<int, mixed> $rows [id, value] pairs (a list, a
     *     generator), or an array of id => value
     *
     * @see Client::massUpdate() for the other arguments, the result and the errors
     */
    public function massUpdateRows(
        iterable $rows,
        string $attribute,
        ?callable $progress = null,
        ?float $deadline = null,
        ?float $patience = null,
        ?int $maxRequests = null,
        ?string $journalDir = null,
        ?float $journalMaxAge = null,
        bool $standardAttributes = false,
        bool $allowNull = false,
        bool $dryRun = false,
        ?Cancel $cancel = null,
    ): Report {
        $options = new RunOptions(
            $this->account->log,
            $progress,
            $deadline,
            $patience,
            $maxRequests,
            $journalDir,
            $journalMaxAge,
            $standardAttributes,
            $allowNull,
            $dryRun,
            $cancel,
        );
        $rows = new Rows($rows, false);

        return $this->account->updateRows('mass_update_rows', IdList::numeric($rows->ids), $rows, $attribute, $options);
    }

    /**
     * The same for users that are known by your own ids.
     *
     * @param iterable<array{string|int, mixed}>|array<string|int, mixed> $rows [id, value] pairs (a list, a
     *     generator), or an array of id => value
     *
     * @see Client::massUpdate() for the other arguments, the result and the errors
     */
    public function massUpdateRowsCustomIds(
        iterable $rows,
        string $attribute,
        ?callable $progress = null,
        ?float $deadline = null,
        ?float $patience = null,
        ?int $maxRequests = null,
        ?string $journalDir = null,
        ?float $journalMaxAge = null,
        bool $standardAttributes = false,
        bool $allowNull = false,
        bool $dryRun = false,
        ?Cancel $cancel = null,
    ): Report {
        $options = new RunOptions(
            $this->account->log,
            $progress,
            $deadline,
            $patience,
            $maxRequests,
            $journalDir,
            $journalMaxAge,
            $standardAttributes,
            $allowNull,
            $dryRun,
            $cancel,
        );
        $rows = new Rows($rows, true);
        $ids = IdList::custom($rows->ids);

        return $this->account->updateRows('mass_update_rows_custom_ids', $ids, $rows, $attribute, $options);
    }

    private function __clone()
    {
    }
}
