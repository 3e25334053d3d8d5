<?php

// A thousand ids, or a million: from a CSV file, from a query, and a value for each user.
require 'vendor/autoload.php';

use UserCom\Client;

$client = new Client('acme', getenv('USERCOM_TOKEN'), baseUrl: getenv('USERCOM_BASE_URL') ?: null);

// The first column of a file with a heading. `yield` keeps no second copy in memory.
$ids = (function (): Generator {
    $file = new SplFileObject('ids.csv');
    $skipEmpty = SplFileObject::READ_AHEAD | SplFileObject::SKIP_EMPTY | SplFileObject::DROP_NEW_LINE;
    $file->setFlags(SplFileObject::READ_CSV | $skipEmpty);
    $file->setCsvControl(',', '"', '');
    foreach (new LimitIterator($file, 1) as [$id]) {
        yield $id;
    }
})();
echo $client->massUpdate($ids, 'newsletter', true), "\n";

$shop = new PDO('sqlite:shop.db');
$customers = $shop->query('SELECT usercom_id FROM customers WHERE orders > 0', PDO::FETCH_COLUMN, 0);
echo $client->massUpdate($customers, 'plan', 'pro'), "\n";

$orders = $shop->query('SELECT usercom_id, orders FROM customers')->fetchAll(PDO::FETCH_KEY_PAIR); // id => value
echo $client->massUpdateRows($orders, 'orders'), "\n";
