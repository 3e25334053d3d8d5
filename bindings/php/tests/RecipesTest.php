<?php

declare(strict_types=1);

namespace UserCom\Tests;

/** The recipes for frameworks do what they say, with stand-ins of the frameworks. */
final class RecipesTest extends TestCase
{
    /** @return array{int, string} */
    private static function recipe(string $file, string $code, string $url): array
    {
        $project = sys_get_temp_dir() . '/usercom-php-recipe-' . getmypid();
        mkdir("$project/var", recursive: true);
        $load = array_map(fn (string $path): string => 'require ' . var_export(PACKAGE . $path, true) . ';', [
            '/tests/Fixtures/frameworks.php',
            "/examples/$file",
        ]);
        try {
            $result = self::script(implode("\n", $load) . $code, [], [
                'TOKEN' => Sandbox::TOKEN,
                'URL' => $url,
                'TMPDIR' => $project,
            ]);
            self::assertSame([], glob("$project/*/usercom/*.journal"), 'a journal is left');

            return $result;
        } finally {
            exec('rm -r ' . escapeshellarg($project));
        }
    }

    public function testTheLaravelCommandSendsThePointsOfUsers(): void
    {
        $sandbox = new Sandbox();
        $run = <<<'PHP'
            use Illuminate\Support\Facades\DB;

            DB::$pdo = new PDO('sqlite::memory:');
            DB::$pdo->exec('CREATE TABLE users (id INTEGER, usercom_id INTEGER, points INTEGER)');
            DB::$pdo->exec('INSERT INTO users VALUES (1, 15, 7), (2, 22, 9), (3, NULL, 5), (4, 31, 7)');
            $config['services.usercom'] = ['subdomain' => 'acme', 'token' => getenv('TOKEN'), 'base_url' => getenv('URL')];
            exit((new App\Console\Commands\SendPoints())->handle());
            PHP;
        [$code, $output] = self::recipe('laravel/SendPoints.php', $run, $sandbox->url);
        self::assertSame(0, $code, $output);
        self::assertStringContainsString("3/3\n", $output);
        self::assertStringContainsString('all 3 ids confirmed', $output);
        self::assertSame([15 => '7', 22 => '9', 31 => '7'], $sandbox->ledger('points'));

        [$code, $output] = self::recipe('laravel/SendPoints.php', str_replace("getenv('TOKEN')", 'null', $run), $sandbox->url);
        self::assertSame(1, $code, $output);
        self::assertStringContainsString("error: \ntoken: is empty", $output);

        $users = new TempFile("id,points\n15,1\n");
        $sandbox = new Sandbox('--users', $users->path, '--unknown-ids', 'reject');
        [$code, $output] = self::recipe('laravel/SendPoints.php', $run, $sandbox->url);
        self::assertSame(1, $code, 'some are rejected');
        self::assertStringContainsString('id 22 at position 1: rejected', $output);
    }

    public function testTheMagentoCronSendsOrdersByTheIdsOfThePlugin(): void
    {
        // What the plugin's code makes of the customers 123 and 7: base64.
        $users = new TempFile("id,custom_id\n1,MTIz\n2,Nw==\n3,123\n");
        $sandbox = new Sandbox('--users', $users->path, '--unknown-ids', 'reject');
        [$code, $output] = self::recipe('magento/SendOrders.php', <<<'PHP'
            use Magento\Framework\App;

            $pdo = new PDO('sqlite::memory:');
            $pdo->exec('CREATE TABLE prefix_sales_order (customer_id INTEGER)');
            $pdo->exec('INSERT INTO prefix_sales_order VALUES (123), (7), (NULL), (123)');
            $logger = new class implements Psr\Log\LoggerInterface {
                public function info(string $message): void { echo "info: $message"; }
                public function error(string $message): void { echo "error: $message"; }
            };
            $config = ['subdomain' => 'acme', 'token' => getenv('TOKEN'), 'base_url' => getenv('URL')];
            foreach ([$config, ['token' => ''] + $config] as $one) {
                (new Acme\UserCom\Cron\SendOrders(
                    new App\ResourceConnection($pdo),
                    new App\DeploymentConfig(['usercom' => $one]),
                    new App\Filesystem\DirectoryList(getenv('TMPDIR')),
                    $logger,
                ))->execute();
            }
            PHP, $sandbox->url);
        self::assertSame(0, $code, $output);
        self::assertStringContainsString('info: ok: all 2 ids confirmed', $output);
        self::assertStringContainsString('error: token: is empty', $output);
        self::assertSame([1 => '2', 2 => '1'], $sandbox->ledger('orders'));

        $xml = simplexml_load_file(PACKAGE . '/examples/magento/crontab.xml');
        self::assertSame('Acme\UserCom\Cron\SendOrders', (string) $xml->group->job['instance']);
        self::assertSame('execute', (string) $xml->group->job['method']);
    }
}
