<?php

// Generated from src/interface by `make generate`; do not edit.

declare(strict_types=1);

namespace UserCom\Internal;

/**
 * The options: what they are called in C, and how their values are converted.
 *
 * @internal
 */
final class Options
{
    /** Options of a client: argument => [name in C, kind]. */
    public const CLIENT = [
        'baseUrl' => ['base_url', 'text'],
        'method' => ['method', 'text'],
        'apiVersion' => ['api_version', 'count'],
        'requestTimeout' => ['request_timeout_ms', 'seconds'],
        'batchSize' => ['batch_size', 'count'],
        'workers' => ['workers', 'count'],
        'rateLimit' => ['rate_limit', 'per second'],
        'rateLimitScope' => ['rate_limit_scope', 'text'],
        'rateLimitDir' => ['rate_limit_dir', 'text'],
        'maxAttempts' => ['max_attempts', 'count'],
        'proxy' => ['proxy', 'text'],
        'caFile' => ['ca_file', 'text'],
    ];

    /** Options of one run: argument => [name in C, kind]. */
    public const RUN = [
        'deadline' => ['deadline_ms', 'seconds'],
        'stallTimeout' => ['stall_timeout_ms', 'seconds'],
        'maxRequests' => ['max_requests', 'count'],
        'maxRejected' => ['max_rejected', 'count'],
        'journalDir' => ['journal_dir', 'text'],
        'journalMaxAge' => ['journal_max_age_ms', 'seconds'],
        'standardAttributes' => ['standard_attributes', 'flag'],
        'allowNull' => ['allow_null', 'flag'],
        'dryRun' => ['dry_run', 'flag'],
        'preflight' => ['preflight', 'flag'],
        'verify' => ['verify', 'count'],
        'verifyStrict' => ['verify_strict', 'flag'],
    ];

    /** What the library's messages call the arguments. */
    public const ARGUMENTS = [
        'base_url' => 'baseUrl',
        'api_version' => 'apiVersion',
        'request_timeout' => 'requestTimeout',
        'request_timeout_ms' => 'requestTimeout',
        'batch_size' => 'batchSize',
        'rate_limit' => 'rateLimit',
        'rate_limit_scope' => 'rateLimitScope',
        'rate_limit_dir' => 'rateLimitDir',
        'max_attempts' => 'maxAttempts',
        'ca_file' => 'caFile',
        'deadline_ms' => 'deadline',
        'stall_timeout' => 'stallTimeout',
        'stall_timeout_ms' => 'stallTimeout',
        'max_requests' => 'maxRequests',
        'max_rejected' => 'maxRejected',
        'journal_dir' => 'journalDir',
        'journal_max_age' => 'journalMaxAge',
        'journal_max_age_ms' => 'journalMaxAge',
        'standard_attributes' => 'standardAttributes',
        'allow_null' => 'allowNull',
        'dry_run' => 'dryRun',
        'verify_strict' => 'verifyStrict',
    ];
}
