<?php

declare(strict_types=1);

namespace UserCom\Tests;

use FilesystemIterator;
use PDO;
use RecursiveDirectoryIterator;
use RecursiveIteratorIterator;
use ReflectionClass;
use UserCom\Internal\Options;

/**
 * The package as it is shipped: every file compiles, what is generated is up to date, and the README shows examples
 * that run.
 */
final class PackageTest extends TestCase
{
    /** @return list<string> every PHP file of the package */
    private static function files(string $folder): array
    {
        $found = [];
        foreach (new RecursiveIteratorIterator(new RecursiveDirectoryIterator(PACKAGE . "/$folder", FilesystemIterator::SKIP_DOTS)) as $file) {
            if ($file->getExtension() === 'php') {
                $found[] = $file->getPathname();
            }
        }

        return $found;
    }

    public function testEveryFileCompiles(): void
    {
        $files = [PACKAGE . '/autoload.php', ...self::files('src'), ...self::files('examples'), ...self::files('tests')];
        self::assertTrue(count($files) > 40, 'too few files');
        foreach ($files as $file) {
            [$code, $output] = self::php(['-n', '-l', $file]);
            self::assertSame(0, $code, $output);
            $isExample = str_contains($file, '/examples/');
            self::assertTrue($isExample || str_contains((string) file_get_contents($file), "\ndeclare(strict_types=1);\n"), "$file is not strict");
        }
    }

    public function testUsercomCdefHIsWhatIncludeUsercomHSays(): void
    {
        $cdef = (string) file_get_contents(PACKAGE . '/usercom.cdef.h');
        $header = (string) file_get_contents(PACKAGE . '/../../include/usercom.h');
        self::assertTrue(!str_contains($cdef, '#'), 'it has a directive');
        $functions = static function (string $c): array {
            $c = (string) preg_replace('~/\*[\s\S]*?\*/|^#.*$|\bstruct (?=uc_\w+ \*)~m', '', $c);
            preg_match_all('~^[\w ]+[ *](?:\(\*)?(uc_\w+)\)?\s*\(.*?\);~ms', $c, $found);
            $one = static fn (string $prototype): string => (string) preg_replace('~\s+~', ' ', trim($prototype));

            return array_combine($found[1], array_map($one, $found[0]));
        };
        self::assertTrue(count($functions($header)) > 60, 'found too few');
        $sorted = static function (array $all): array {
            ksort($all);

            return $all;
        };
        self::assertSame($sorted($functions($header)), $sorted($functions($cdef)));
        preg_match_all('~\bUC_\w+ = \d+~', (string) preg_replace('~^#define (UC_ABI_VERSION) ~m', '$1 = ', $header), $numbers);
        foreach ($numbers[0] as $number) {
            self::assertStringContainsString($number, $cdef);
        }
        self::assertSame(count($numbers[0]), preg_match_all('~\bUC_\w+ = \d+~', $cdef));
    }

    public function testEveryOptionIsAnArgumentAndNoMessageCallsItAsCDoes(): void
    {
        $client = new ReflectionClass(\UserCom\Client::class);
        $methods = ['massUpdate', 'massUpdateCustomIds', 'massUpdateRows', 'massUpdateRowsCustomIds'];
        $tables = [[Options::CLIENT, ['__construct']], [Options::RUN, $methods]];
        foreach ($tables as [$options, $takenBy]) {
            self::assertTrue(count($options) > 7, 'too few options');
            foreach ($takenBy as $method) {
                $arguments = [];
                foreach ($client->getMethod($method)->getParameters() as $parameter) {
                    $arguments[$parameter->getName()] = $parameter;
                }
                foreach ($options as $argument => [$name]) {
                    self::assertTrue(isset($arguments[$argument]), "$method does not take $argument");
                    // PHP has a default of its own for one option; the others leave it to the library.
                    $default = $argument === 'rateLimitScope' ? 'host' : null;
                    self::assertSame($default, $arguments[$argument]->getDefaultValue() ?: null, $argument);
                    self::assertStringContainsString(" \$$argument ", (string) $client->getMethod($method)->getDocComment());
                    self::assertSame($argument, Options::ARGUMENTS[$name] ?? $name);
                }
            }
            self::assertSame([], array_filter(array_keys($options), fn (string $argument): bool => str_contains($argument, '_')));
        }
    }

    public function testEveryClassIsWhereComposerJsonSays(): void
    {
        $composer = json_decode((string) file_get_contents(PACKAGE . '/composer.json'), true, 16, JSON_THROW_ON_ERROR);
        self::assertSame('usercom/usercom', $composer['name']);
        self::assertSame(['UserCom\\' => 'src/'], $composer['autoload']['psr-4']);
        foreach ($composer['autoload']['files'] as $file) {
            self::assertTrue(is_file(PACKAGE . "/$file"), "there is no $file");
        }
        foreach (self::files('src') as $file) {
            $name = substr($file, strlen(PACKAGE . '/src/'), -strlen('.php'));
            if (ctype_upper(basename($name)[0])) {
                $class = 'UserCom\\' . str_replace('/', '\\', $name);
                self::assertTrue(class_exists($class), "$file does not have $class");
                self::assertTrue((new ReflectionClass($class))->isFinal() || $class === \UserCom\Error::class, "$class is not final");
            }
        }
    }

    public function testPreloadingLoadsEveryClass(): void
    {
        [$code, $output] = self::php(['-r', 'require $argv[1]; echo count(array_filter(get_declared_classes(), '
            . 'fn ($c) => str_starts_with($c, "UserCom\\\\")));', '--', PACKAGE . '/src/preload.php']);
        $classes = array_filter(self::files('src'), fn (string $file): bool => ctype_upper(basename($file)[0]));
        self::assertSame([0, (string) count($classes)], [$code, $output]);
    }

    /**
     * Runs an example as its user would: in a project with vendor/autoload.php, and with these files: their content, or
     * what makes them.
     */
    private static function example(string $name, object $sandbox, array $arguments = [], array $files = []): array
    {
        $project = sys_get_temp_dir() . '/usercom-php-' . getmypid();
        @mkdir("$project/vendor", recursive: true);
        file_put_contents("$project/vendor/autoload.php", '<?php require ' . var_export(PACKAGE . '/autoload.php', true) . ';');
        foreach ($files as $file => $content) {
            is_string($content) ? file_put_contents("$project/$file", $content) : $content("$project/$file");
        }
        $before = getcwd();
        chdir($project);
        try {
            return self::php(['-d', 'error_reporting=-1', '-d', 'display_errors=1', PACKAGE . "/examples/$name", ...$arguments], [
                'USERCOM_TOKEN' => Sandbox::TOKEN,
                'USERCOM_BASE_URL' => $sandbox->url,
                'TMPDIR' => $project,
            ]);
        } finally {
            chdir((string) $before);
            exec('rm -r ' . escapeshellarg($project));
        }
    }

    public function testExamplesOneCallPhp(): void
    {
        $sandbox = new Sandbox();
        self::assertSame([0, ''], self::example('one_call.php', $sandbox));
        self::assertSame([10 => '"pro"', 15 => '"pro"', 22 => '"pro"', 23 => '"pro"'], $sandbox->ledger('plan'));
    }

    public function testExamplesValuesPhpSendsWhatItsCommentsSay(): void
    {
        $sandbox = new Sandbox();
        self::assertSame([0, ''], self::example('values.php', $sandbox));
        preg_match_all(
            "~massUpdate\(\\\$ids, '(\w+)',.*// (\S+?)(?:, to the byte)?$~m",
            (string) file_get_contents(PACKAGE . '/examples/values.php'),
            $said,
            PREG_SET_ORDER,
        );
        self::assertSame(8, count($said));
        foreach ($said as [, $attribute, $json]) {
            // The custom ids' plan comes last.
            self::assertSame($json, $sandbox->ledger($attribute)[15], $attribute);
        }
        self::assertSame([10 => '7', 15 => '9'], $sandbox->ledger('points'));
    }

    public function testExamplesLookingPhp(): void
    {
        $users = new TempFile("id,email,score\n1,Ann@shop.example,5\n2,bob@shop.example,7\n3,eve@shop.example,1\n");
        $sandbox = new Sandbox('--users', $users->path, '--attribute', 'score:integer');
        [$code, $output] = self::example('looking.php', $sandbox);
        self::assertSame(0, $code, $output);
        self::assertStringContainsString("ok       token: ", $output);
        self::assertStringContainsString("\n1 updated; read back: 1 as sent, 0 otherwise\n", $output);
        self::assertSame([1 => '12'], $sandbox->ledger('score'));
        self::assertSame(1, self::example('looking.php', new Sandbox('--attribute', 'score:fixed:a|b'))[0]);
    }

    public function testExamplesErrorsPhp(): void
    {
        $users = new TempFile("id,newsletter\n10,false\n15,false\n");
        $sandbox = new Sandbox('--users', $users->path, '--unknown-ids', 'reject');
        [$code, $output] = self::example('errors.php', $sandbox);
        self::assertSame(0, $code, $output);
        self::assertStringContainsString("2 of 3 confirmed\nid 999999: Rejected, ", $output);
    }

    public function testExamplesUnknownPhpSendsAgainWhatIsUnknownAndNothingElse(): void
    {
        $sandbox = new Sandbox();
        self::assertSame([0, ''], self::example('unknown.php', $sandbox));
        self::assertSame([4], array_column($sandbox->requests(), 'ids'));

        // A service that fails until the first run has given up.
        $server = proc_open([PHP_BINARY, '-r', <<<'PHP'
            $server = stream_socket_server('tcp://127.0.0.1:0');
            echo stream_socket_get_name($server, false), "\n";
            $first = null;
            while ($one = @stream_socket_accept($server, 60)) {
                for ($size = 0; ($line = trim((string) fgets($one))) !== ''; ) {
                    $size = stripos($line, 'content-length:') === 0 ? (int) substr($line, 15) : $size;
                }
                $ids = implode(' ', json_decode(stream_get_contents($one, $size))->ids);
                $first ??= microtime(true);
                [$status, $body] = microtime(true) - $first < 4.5 ? ['503 Busy', '{}'] : ['200 OK', '{"status":"ok"}'];
                fwrite($one, "HTTP/1.1 $status\r\ncontent-length: " . strlen($body) . "\r\nconnection: close\r\n\r\n$body");
                fclose($one);
                echo "$status: $ids\n";
            }
            PHP], [['file', '/dev/null', 'r'], ['pipe', 'w']], $pipes);
        $sandbox = (object) ['url' => 'http://' . trim((string) fgets($pipes[1]))];
        [$code, $output] = self::example('unknown.php', $sandbox);
        proc_terminate($server);
        $requests = explode("\n", trim(stream_get_contents($pipes[1])));
        proc_close($server);
        self::assertSame(0, $code, $output);
        self::assertStringContainsString('stopped early: no progress for 4 s', $output);
        self::assertSame('200 OK: 10 15 22 23', end($requests));
        self::assertTrue(count($requests) > 3, 'too few requests');
    }

    public function testExamplesManyPhp(): void
    {
        $sandbox = new Sandbox();
        $shop = "CREATE TABLE customers (usercom_id INTEGER, orders INTEGER);"
            . 'INSERT INTO customers VALUES (10, 3), (15, 0), (22, 3);';
        [$code, $output] = self::example('many.php', $sandbox, files: [
            'ids.csv' => "\u{FEFF}id,name\r\n10,Eva\r\n15,\"Tom,\nAnn\"\r\n22,Zoe\r\n\r\n",
            'shop.db' => static fn (string $path) => (new PDO("sqlite:$path"))->exec($shop),
        ]);
        self::assertSame(0, $code, $output);
        self::assertSame(2, substr_count($output, '3 ids: 3 confirmed'), $output);
        self::assertStringContainsString('2 ids: 2 confirmed', $output);
        self::assertSame([10 => 'true', 15 => 'true', 22 => 'true'], $sandbox->ledger('newsletter'));
        self::assertSame([10 => '"pro"', 22 => '"pro"'], $sandbox->ledger('plan'));
        self::assertSame([10 => '3', 15 => '0', 22 => '3'], $sandbox->ledger('orders'));
    }

    public function testExamplesProgressPhp(): void
    {
        $sandbox = new Sandbox();
        [$code, $output] = self::example('progress.php', $sandbox);
        self::assertSame(0, $code, $output);
        self::assertStringContainsString('5000 of 5000, waiting 0.0 s', $output);
        self::assertStringContainsString('3 run ended, ok', $output);
        self::assertSame(5000, count($sandbox->ledger('score')));
    }

    public function testExamplesCronPhp(): void
    {
        $csv = new TempFile("id,points\n10,7\n15,9\n22,7\n");
        $sandbox = new Sandbox();
        [$code, $output] = self::example('cron.php', $sandbox, [$csv->path]);
        self::assertSame(0, $code, $output);
        self::assertSame([], glob("$csv->path.journal/*"));
        rmdir("$csv->path.journal");
        self::assertStringContainsString('3 ids: 3 confirmed', $output);
        self::assertSame([10 => '7', 15 => '9', 22 => '7'], $sandbox->ledger('points'));
    }

    public function testTheREADMEShowsTheExamplesAsTheyAre(): void
    {
        $readme = implode("\n", array_map(file_get_contents(...), (array) glob(PACKAGE . '/*.md')));
        preg_match_all('~<!-- (examples/[\w/]+\.\w+) -->\n```(?:php|xml)\n(.*?)```~s', $readme, $shown, PREG_SET_ORDER);
        foreach ($shown as [, $file, $code]) {
            self::assertSame((string) file_get_contents(PACKAGE . "/$file"), $code, $file);
        }
        self::assertSame(preg_match_all('~```(?:php|xml)~', $readme), count($shown), 'code that no test runs');
        foreach (self::files('examples') as $file) {
            $name = substr($file, strlen(PACKAGE) + 1);
            self::assertTrue(str_contains($readme, "<!-- $name -->") || str_contains($readme, "]($name)"), "$name is not shown");
        }
    }
}
