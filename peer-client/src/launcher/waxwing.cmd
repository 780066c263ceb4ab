@echo off
rem Starts waxwing.jar, which lies beside this script, with the JVM flags that fit the Java it finds.
rem JAVA_HOME chooses the Java; WAXWING_JAVA_OPTS adds JVM flags.
setlocal
set "JAR=%~dp0waxwing.jar"
if not exist "%JAR%" goto :missing
set "JAVA=java"
set "RELEASE="
if not defined JAVA_HOME goto :onpath
if not exist "%JAVA_HOME%\bin\java.exe" goto :onpath
set "JAVA=%JAVA_HOME%\bin\java.exe"
set "RELEASE=%JAVA_HOME%\release"
goto :version
:onpath
for %%I in (java.exe) do set "RELEASE=%%~dp$PATH:I..\release"
:version
rem JAVA_VERSION="25.0.3" in the release file; 0 when there is none.
set "MAJOR=0"
if not exist "%RELEASE%" goto :flags
for /f "usebackq tokens=2 delims==." %%V in (`findstr /b "JAVA_VERSION=" "%RELEASE%"`) do set "MAJOR=%%V"
set "MAJOR=%MAJOR:"=%"
if %MAJOR% LSS 17 goto :old
:flags
rem Unknown version: flags that every version takes.
set "NATIVE=-XX:+IgnoreUnrecognizedVMOptions --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow"
if %MAJOR% GEQ 17 if %MAJOR% LSS 24 set "NATIVE="
set "QUICK="
for %%C in (version help id completion --version --help -V -h) do if "%~1"=="%%C" set "QUICK=-XX:TieredStopAtLevel=1"
"%JAVA%" -Xms64m -Xmn40m -Xmx128m -XX:MaxDirectMemorySize=64m -XX:+UseSerialGC -Dio.netty.allocator.type=pooled -Dio.netty.jfr.enabled=false %NATIVE% %QUICK% %WAXWING_JAVA_OPTS% -jar "%JAR%" %*
exit /b %ERRORLEVEL%
:missing
echo waxwing: "%JAR%" is missing; build it with: mvn package>&2
exit /b 1
:old
echo waxwing: needs Java 17 or newer, but "%JAVA%" is %MAJOR%>&2
exit /b 1
