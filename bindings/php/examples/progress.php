<?php

// Progress, a deadline and a log, for a run of many ids.
require 'vendor/autoload.php';

use UserCom\Client;
use UserCom\Progress;

$client = new Client(
    'acme',
    getenv('USERCOM_TOKEN'),
    baseUrl: getenv('USERCOM_BASE_URL') ?: null,
    rateLimit: 8,
    log: fn (int $level, string $message) => fwrite(STDERR, "$level $message\n"),
);

$report = $client->massUpdate(
    range(1, 5000),
    'score',
    50,
    progress: function (Progress $p): void {
        // `return false` would stop the run.
        printf("%d of %d, waiting %.1f s\n", $p->done, $p->total, $p->waiting);
    },
    deadline: 600,
);
$report->raiseForFailures();
