<?php

declare(strict_types=1);

namespace UserCom\Tests;

/** Under a real php-fpm: the lines of web-servers.md work as they are, and without them the message says what to do. */
final class FpmTest extends TestCase
{
    /**
     * The lines that web-servers.md gives for php-fpm, in its order.
     *
     * @return list<string>
     */
    private static function readmeIni(): array
    {
        preg_match_all('~```ini\n(.*?)```~s', (string) file_get_contents(PACKAGE . '/web-servers.md'), $found);
        self::assertSame(4, count($found[1]), 'blocks of ini in web-servers.md');

        return $found[1];
    }

    private const UPDATE = <<<'PHP'
        use UserCom\{Client, Date, Error};

        try {
            $client = new Client('acme', getenv('USERCOM_TOKEN'), baseUrl: $_SERVER['URL'], log: fn () => null);
            $report = $client->massUpdate(['1', 2], 'plan', ['a', new Date('2026-11-23')], progress: fn () => null);
            foreach ($client->massUpdateRowsCustomIds(['u-1' => 1.5], 'score')->states() as $state) {
                echo $state->name, ' ';
            }
            echo $report;
        } catch (Error $e) {
            echo get_class($e), ': ', $e->getMessage();
        }
        PHP;

    /** What the page says, twice: a second request must find everything as the first. */
    private static function underFpm(string $ini, string $pool): string
    {
        $sandbox = new Sandbox();
        $fpm = new Fpm($ini, $pool, ['USERCOM_TOKEN' => Sandbox::TOKEN]);
        $first = $fpm->get(self::UPDATE, ['URL' => $sandbox->url]);
        self::assertSame($first, $fpm->get(self::UPDATE, ['URL' => $sandbox->url]));
        self::assertTrue(!str_contains($first, Sandbox::TOKEN), 'the token is shown');

        return $first;
    }

    public function testRow92PhpFpmWithThePackagePreloadedAndTheTokenPassedOn(): void
    {
        [$preload, , $env] = self::readmeIni();
        self::assertStringContainsString('Confirmed ok: all 2 ids confirmed', self::underFpm($preload, $env));
    }

    public function testRow92PhpFpmWithFFIOnForAPoolAndItsEnvironmentKept(): void
    {
        [, $ffi, , $keep] = self::readmeIni();
        self::assertStringContainsString('Confirmed ok: all 2 ids confirmed', self::underFpm('', "$ffi$keep"));
    }

    public function testRow92PhpFpmAsItComesBothWaysToFFIAreNamed(): void
    {
        $response = self::underFpm('', 'clear_env = no');
        foreach (
            ['UserCom\Error\LibraryUnavailable: ', '"ffi.enable=true" into ', '/php.ini', '"php_admin_value[ffi.enable] = true"',
            '/vendor/usercom/usercom/src/preload.php" and "opcache.preload_user=', 'restart PHP'] as $part
        ) {
            self::assertStringContainsString($part, $response);
        }
    }

    public function testRow92PhpFpmWithPreloadingInThePoolsFileWhereItDoesNothing(): void
    {
        [$preload] = self::readmeIni();
        $pool = (string) preg_replace('/^(opcache\.\w+)=/m', 'php_admin_value[$1] = ', $preload);
        self::assertStringContainsString('has not loaded this package: it must be in php.ini, not in a pool\'s file', self::underFpm('', $pool));
    }

    public function testRow92PhpFpmClearsTheEnvironmentATokenThatIsNotThereIsExplained(): void
    {
        [, $ffi] = self::readmeIni();
        $response = self::underFpm('', $ffi);
        foreach (['InvalidArgument: token: is empty', 'php-fpm clears the environment', '"clear_env = no"', '"env[USERCOM_TOKEN] = …"', 'restart php-fpm'] as $part) {
            self::assertStringContainsString($part, $response);
        }
    }

    public function testRow92ATokenThatIsNotThereOnTheCommandLine(): void
    {
        $code = <<<'PHP'
            putenv('USERCOM_TOKEN');
            foreach ([getenv('USERCOM_TOKEN'), $_ENV['USERCOM_TOKEN'] ?? null, ''] as $token) {
                foreach ([
                    fn () => new UserCom\Client('acme', $token),
                    fn () => UserCom\Client::shared('acme', $token),
                    fn () => UserCom\massUpdate('acme', $token, [1], 'plan', 'pro'),
                ] as $use) {
                    try {
                        $use();
                    } catch (UserCom\Error\InvalidArgument $e) {
                        echo $e->getMessage(), "\n";
                    }
                }
            }
            PHP;
        foreach (['', 'declare(strict_types=1);'] as $mode) {
            $file = new TempFile("<?php $mode require " . var_export(PACKAGE . '/autoload.php', true) . ";\n$code");
            [$exit, $output] = self::php([$file->path]);
            self::assertSame([0, 9], [$exit, preg_match_all('/^token: is empty; use the 64-character REST API key. If it comes from getenv\(\)/m', $output)], $output);
        }
    }
}
