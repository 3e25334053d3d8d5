<?php

// Sets the last order of the shop's best customers to the day of its fair, where orders were on paper.
// The PHP part of `make demo`.

declare(strict_types=1);

require __DIR__ . '/../../bindings/php/src/autoload.php';

use UserCom\Date;

use function UserCom\massUpdate;

// The day of the fair. Dates in ISO 8601 compare as text.
const FAIR = '2026-11-21';

if ($argc !== 3) {
    fwrite(STDERR, "usage: php last_order.php users.csv confirmed.txt\n");
    exit(2);
}
[, $usersCsv, $confirmedTxt] = $argv;

$file = new SplFileObject($usersCsv);
$file->setFlags(SplFileObject::READ_CSV | SplFileObject::READ_AHEAD | SplFileObject::SKIP_EMPTY);
$ids = [];
foreach ($file as $row => $fields) {
    if ($row === 0) {
        $columns = $fields;
        continue;
    }
    $user = array_combine($columns, $fields);
    $best = in_array($user['plan'], ['pro', 'enterprise'], true) && (int) $user['score'] >= 80;
    if ($best && $user['last_order'] < FAIR) {
        $ids[] = (int) $user['id'];
    }
}
printf("%d of the best customers ordered at the fair\n", count($ids));

// Throws UserCom\Error\PartialUpdate, or another exception, unless every single id is confirmed.
massUpdate('demo', getenv('USERCOM_TOKEN'), $ids, 'last_order', new Date(FAIR));

printf("%d of %d ids confirmed\n", count($ids), count($ids));
file_put_contents($confirmedTxt, implode('', array_map(fn (int $id): string => "$id\n", $ids)));
