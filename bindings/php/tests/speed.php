<?php

// What a million ids cost in PHP, against a sandbox: `make bench` runs it with the library that is released. The
// service's part is not PHP's, so what counts is the processor time of this process: at most 1.2 s for rows. The
// figures also go into the folder that USERCOM_BENCH names.

declare(strict_types=1);

namespace UserCom\Tests;

require __DIR__ . '/bootstrap.php';

ini_set('memory_limit', '-1');
$sandbox = new Sandbox();
$client = $sandbox->client();
$ids = range(1, 1_000_000);
$generator = static function () use ($ids): \Generator {
    yield from $ids;
};
$pairs = array_map(static fn (int $id): array => [$id, 'score ' . $id % 100], $ids);
$seconds = static function (): float {
    $usage = getrusage();

    return $usage['ru_utime.tv_sec'] + $usage['ru_stime.tv_sec']
        + ($usage['ru_utime.tv_usec'] + $usage['ru_stime.tv_usec']) / 1e6;
};
$missed = false;
$figures = [];
foreach (
    [
    'ids of an array' => static fn () => $client->massUpdate($ids, 'plan', 'pro'),
    'ids of a generator' => static fn () => $client->massUpdate($generator(), 'plan', 'pro'),
    'rows, 100 values' => static fn () => $client->massUpdateRows($pairs, 'score'),
    ] as $what => $run
) {
    $wall = $processor = INF;
    for ($times = 0; $times < 3; ++$times) {
        [$start, $used] = [hrtime(true), $seconds()];
        if ($run()->confirmed !== 1_000_000) {
            exit(1);
        }
        $wall = min($wall, (hrtime(true) - $start) / 1e9);
        $processor = min($processor, $seconds() - $used);
    }
    printf("PHP, 1,000,000 %-20s %.2f s, of them %.2f s of PHP's processor time\n", "$what:", $wall, $processor);
    $figures[] = ['name' => $what, 'wall_s' => $wall, 'cpu_s' => $processor];
    $missed = $missed || $processor > 1.2;
}
if (getenv('USERCOM_BENCH')) {
    file_put_contents(getenv('USERCOM_BENCH') . '/php.json', json_encode($figures));
}
exit($missed ? 1 : 0);
